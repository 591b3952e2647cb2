/** A line of the prediction log, parsed. */
export interface PredictionRecord {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly model: string
  readonly version: string
  /** sha256 of forest.copse. */
  readonly sha256: string
  /** Trace id of the request. */
  readonly trace?: string
  /**
   * By name: a number, the text of a level, -1 for a level the model does not know, null for missing. A redacted feature
   * is not there.
   */
  readonly features: Readonly<Record<string, number | string | null>>
  /** The class that was answered and the probabilities in the order of the model's classes, or the value. */
  readonly output: { readonly class: string; readonly probabilities: readonly number[] } | { readonly value: number }
  readonly latency_us: number
}

/** A label that came later, in the same log. */
export interface FeedbackRecord {
  readonly feedback: string
  readonly time: string
  readonly label: string | number
  /** What became of it when it came: see `FeedbackResult`. */
  readonly result: string
}

/** Which features are logged: `none`, the default, `all`, or those named. */
export type LoggedFeatures = 'none' | 'all' | readonly string[]

/** A line of a label, with its line end. */
export function feedbackLine(id: string, label: string | number, result: string, time: number): string {
  const record: FeedbackRecord = { feedback: id, time: new Date(time).toISOString(), label, result }
  return `${JSON.stringify(record)}\n`
}
