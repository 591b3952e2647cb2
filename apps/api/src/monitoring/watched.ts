import {
  type CheckOptions,
  checkDrift,
  type DriftReport,
  DriftWatch,
  FEEDBACK_RESULTS,
  FeedbackJoin,
  type FeedbackResult,
  type Layout,
  Window,
} from '@copse/monitoring'
import type { Batch } from './batch.ts'
import type { ModelFacts } from './facts.ts'

/** How a model version is watched; times are milliseconds. */
export interface WatchSettings {
  /** Length of the window of drift. */
  readonly windowMs: number
  /** Length of the window of performance. */
  readonly feedbackMs: number
  readonly check: CheckOptions
}

/** Parts of both windows. */
export const SUB_WINDOWS = { drift: 12, feedback: 24 } as const

/** Predictions that are remembered for their labels, and the bytes that they may take at most. */
const MOST_REMEMBERED = 50_000
const MOST_BYTES = 32 << 20

/** Labels by what became of them, since the version was first watched. */
export type FeedbackCounts = Record<FeedbackResult, number>

/** All that is known of one model version at work. */
export class Watched {
  readonly facts: ModelFacts
  readonly settings: WatchSettings
  readonly results: FeedbackCounts = Object.fromEntries(FEEDBACK_RESULTS.map((result) => [result, 0])) as FeedbackCounts
  readonly #window: Window
  readonly #watch: DriftWatch
  readonly #join: FeedbackJoin
  #report: DriftReport
  #checked: Float64Array

  constructor(facts: ModelFacts, settings: WatchSettings, now = Date.now()) {
    const { reference } = facts
    this.facts = facts
    this.settings = settings
    this.#window = new Window(reference, windowOptions(settings))
    this.#watch = new DriftWatch(reference)
    this.#join = new FeedbackJoin(reference, feedbackOptions(facts, settings))
    this.#checked = this.#window.total(now)
    this.#report = this.#watch.update(checkDrift(this.layout, this.#checked, settings.check), now)
  }

  get layout(): Layout {
    return this.#window.layout
  }

  /** What the last check found. */
  get report(): DriftReport {
    return this.#report
  }

  /** The counts that it looked at. */
  get checked(): Float64Array {
    return this.#checked
  }

  /** Takes in what a process counted. @throws MonitoringError when it is not of this model version */
  take({ cells, time, predictions }: Batch): void {
    this.#window.addCounts(cells, time)
    const { ids, times, outputs, classIds } = predictions
    const answers = { rows: ids.length, outputs, classIds }
    for (let row = 0; row < ids.length; row++) this.#join.predicted(ids[row]!, answers, times[row], row)
  }

  /** Looks at the window and moves the states. */
  check(now = Date.now()): DriftReport {
    this.#checked = this.#window.total(now)
    this.#report = this.#watch.update(checkDrift(this.layout, this.#checked, this.settings.check), now)
    return this.#report
  }

  /** Counts of all rows ever watched; they only grow. */
  lifetime(): Float64Array {
    return this.#window.lifetime()
  }

  /** Whether a label for this prediction can be joined. */
  knows(id: string): boolean {
    return this.#join.knows(id)
  }

  label(id: string, label: string | number, now = Date.now()): FeedbackResult {
    const result = this.#join.label(id, label, now)
    this.results[result]++
    return result
  }

  performance(now = Date.now()) {
    return { total: this.#join.performance(now), history: this.#join.history(now) }
  }
}

function windowOptions({ windowMs }: WatchSettings) {
  return { subWindows: SUB_WINDOWS.drift, subWindowMs: windowMs / SUB_WINDOWS.drift }
}

function feedbackOptions({ reference }: ModelFacts, { feedbackMs }: WatchSettings) {
  const outputs = reference.target.type === 'class' ? reference.target.classes.length : 1
  const capacity = Math.max(1, Math.min(MOST_REMEMBERED, Math.floor(MOST_BYTES / (8 * outputs + 40))))
  return { capacity, subWindows: SUB_WINDOWS.feedback, subWindowMs: feedbackMs / SUB_WINDOWS.feedback }
}
