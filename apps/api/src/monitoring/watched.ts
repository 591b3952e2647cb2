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
import { SegmentCounts } from './segment-counts.ts'
import type { Segment } from './segments.ts'

/** How a model version is watched; times are milliseconds. */
export interface WatchSettings {
  /** Length of the window of drift. */
  readonly windowMs: number
  /** Length of the window of performance. */
  readonly feedbackMs: number
  readonly check: CheckOptions
  readonly segments: readonly Segment[]
}

/** Parts of both windows. */
export const SUB_WINDOWS = { drift: 12, feedback: 24 } as const

/** Predictions that are remembered for their labels, and the bytes that they may take at most. */
const MOST_REMEMBERED = 50_000
const MOST_BYTES = 8 << 20

/** Labels by what became of them, since the version was first watched. */
export type FeedbackCounts = Record<FeedbackResult, number>

/** All that is known of one model version at work. */
export class Watched {
  readonly facts: ModelFacts
  readonly settings: WatchSettings
  readonly results: FeedbackCounts
  readonly segments: SegmentCounts
  readonly #window: Window
  readonly #watch: DriftWatch
  readonly #join: FeedbackJoin
  #report: DriftReport
  #checked: Float64Array
  #changes = 0

  /** `state` is what an earlier process kept. @throws MonitoringError when it is of another model or other windows */
  constructor(facts: ModelFacts, settings: WatchSettings, state?: WatchedState, now = Date.now()) {
    const { reference } = facts
    const forWindow = windowOptions(settings)
    const forFeedback = feedbackOptions(facts, settings)
    this.facts = facts
    this.settings = settings
    this.#window = state ? Window.parse(state.window, reference, forWindow) : new Window(reference, forWindow)
    this.#watch = state ? DriftWatch.parse(state.watch, reference) : new DriftWatch(reference)
    this.#join = state
      ? FeedbackJoin.parse(state.feedback, reference, forFeedback)
      : new FeedbackJoin(reference, forFeedback)
    this.results = state ? parseResults(state.results) : noResults()
    const { target } = reference
    this.segments = new SegmentCounts(settings.segments, target.type === 'class' ? target.classes : [])
    this.segments.restore(state?.segments)
    this.#checked = this.#window.total(now)
    // The rows of before were checked before: a restart must not count as a check.
    this.#report = this.#watch.look(checkDrift(this.layout, this.#checked, settings.check), now)
  }

  get layout(): Layout {
    return this.#window.layout
  }

  /** Grows whenever something is worth to be kept. */
  get changes(): number {
    return this.#changes
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
    this.#changes++
    const { ids, times, outputs, classIds, tags } = predictions
    const answers = { rows: ids.length, outputs, classIds }
    const ofClasses = this.facts.reference.target.type === 'class'
    const width = this.layout.outputs
    for (let row = 0; row < ids.length; row++) {
      const tag = tags[row]!
      this.#join.predicted(ids[row]!, answers, times[row], row, tag)
      const classId = ofClasses ? classIds[row]! : 0
      this.segments.predicted(tag, classId, ofClasses ? outputs[row * width + classId]! : 0)
    }
  }

  /** Looks at the window and moves the states. */
  check(now = Date.now()): DriftReport {
    this.#checked = this.#window.total(now)
    if (this.#checked[0]! > 0) this.#changes++
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
    const { tag, classId } = this.#join.recall(id) ?? { tag: 0, classId: 0 }
    this.segments.labelled(tag, label, classId, result)
    this.#changes++
    return result
  }

  toJSON() {
    return this.#state(this.#join.toJSON())
  }

  /** What `toJSON` gives, as it is now and stays, but with arrays of numbers in place of their base64. */
  snapshot() {
    return this.#state(this.#join.snapshot())
  }

  #state<T>(feedback: T) {
    return {
      window: this.#window.toJSON(),
      watch: this.#watch.toJSON(),
      feedback,
      results: { ...this.results },
      segments: this.segments.toJSON(),
    }
  }

  performance(now = Date.now()) {
    return { total: this.#join.performance(now), history: this.#join.history(now) }
  }
}

/** What `Watched.toJSON` gave, from a file that nobody vouches for. */
export interface WatchedState {
  readonly window: unknown
  readonly watch: unknown
  readonly feedback: unknown
  readonly results: unknown
  readonly segments: unknown
}

function noResults(): FeedbackCounts {
  return Object.fromEntries(FEEDBACK_RESULTS.map((result) => [result, 0])) as FeedbackCounts
}

/** Counts, or 0 where there is none. */
function parseResults(json: unknown): FeedbackCounts {
  const results = noResults()
  for (const result of FEEDBACK_RESULTS) {
    const count = (json as Partial<Record<string, unknown>> | null)?.[result]
    if (Number.isSafeInteger(count) && (count as number) >= 0) results[result] = count as number
  }
  return results
}

function windowOptions({ windowMs }: WatchSettings) {
  return { subWindows: SUB_WINDOWS.drift, subWindowMs: windowMs / SUB_WINDOWS.drift }
}

function feedbackOptions({ reference }: ModelFacts, { feedbackMs }: WatchSettings) {
  const outputs = reference.target.type === 'class' ? reference.target.classes.length : 1
  const capacity = Math.max(1, Math.min(MOST_REMEMBERED, Math.floor(MOST_BYTES / (8 * outputs + 40))))
  return { capacity, subWindows: SUB_WINDOWS.feedback, subWindowMs: feedbackMs / SUB_WINDOWS.feedback }
}
