import type { FeedbackResult } from '@copse/monitoring'
import { digitsOf, OTHER, type Segment } from './segments.ts'

/** Numbers kept of each segment, value and class. */
const FIELDS = ['predictions', 'confidence', 'labels', 'correct'] as const
type Field = (typeof FIELDS)[number]

/** What is known of one value of a segment and one class, since the version was first watched. */
export interface SegmentCount {
  readonly segment: string
  readonly value: string
  /** '' of a model of numbers. */
  readonly class: string
  /** Rows that were answered this class, and the sum of their confidences. */
  readonly predictions: number
  readonly confidence: number
  /** Labels of this class, and how many of these rows had been answered it. */
  readonly labels: number
  readonly correct: number
}

/** Sums by segment, value and class; in fixed memory. */
export class SegmentCounts {
  readonly segments: readonly Segment[]
  readonly #classes: readonly string[]
  readonly #sums: Float64Array
  readonly #starts: readonly number[]

  /** `classes` is empty for a model of numbers. */
  constructor(segments: readonly Segment[], classes: readonly string[]) {
    this.segments = segments
    this.#classes = classes.length > 0 ? classes : ['']
    const starts: number[] = []
    let length = 0
    for (const { values } of segments) {
      starts.push(length)
      length += (values.length + 1) * this.#classes.length * FIELDS.length
    }
    this.#starts = starts
    this.#sums = new Float64Array(length)
  }

  /** Counts a prediction; `tag` is that of `SegmentReader`. */
  predicted(tag: number, classId: number, confidence: number): void {
    if (this.segments.length === 0) return
    for (const [index, digit] of digitsOf(this.segments, tag).entries()) {
      this.#sums[this.#at(index, digit, classId, 'predictions')]!++
      this.#sums[this.#at(index, digit, classId, 'confidence')]! += confidence
    }
  }

  /** Counts a label that met its prediction, which was answered `answered`. */
  labelled(tag: number, label: string | number, answered: number, result: FeedbackResult): void {
    if (result !== 'matched' || this.segments.length === 0) return
    const classId = Math.max(0, this.#classes.indexOf(String(label)))
    for (const [index, digit] of digitsOf(this.segments, tag).entries()) {
      this.#sums[this.#at(index, digit, classId, 'labels')]!++
      if (classId === answered) this.#sums[this.#at(index, digit, classId, 'correct')]!++
    }
  }

  /** Every segment, value and class, `other` after the values. */
  *counts(): Generator<SegmentCount> {
    for (const [index, { name, values }] of this.segments.entries()) {
      for (const [digit, value] of [...values, OTHER].entries()) {
        for (const [classId, of] of this.#classes.entries()) {
          const sum = (field: Field) => this.#sums[this.#at(index, digit, classId, field)]!
          const [predictions, confidence, labels, correct] = FIELDS.map(sum)
          yield {
            segment: name,
            value,
            class: of,
            predictions: predictions!,
            confidence: confidence!,
            labels: labels!,
            correct: correct!,
          }
        }
      }
    }
  }

  toJSON() {
    return { segments: this.segments, sums: Array.from(this.#sums) }
  }

  /** Goes on from a state of the same declaration; any other, and what is no state, is left out. */
  restore(json: unknown): void {
    const { segments, sums } = (json ?? {}) as { segments?: unknown; sums?: unknown }
    if (JSON.stringify(segments) !== JSON.stringify(this.segments)) return
    if (!Array.isArray(sums) || sums.length !== this.#sums.length) return
    if (sums.every((sum) => Number.isFinite(sum) && sum >= 0)) this.#sums.set(sums)
  }

  #at(segment: number, value: number, classId: number, field: Field): number {
    return this.#starts[segment]! + (value * this.#classes.length + classId) * FIELDS.length + FIELDS.indexOf(field)
  }
}
