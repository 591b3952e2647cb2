import { binOf } from '../bins.ts'
import { MonitoringError } from '../errors.ts'
import { Field } from '../field.ts'
import { CONFIDENCE_EDGES } from '../predictions.ts'
import type { Reference } from '../reference.ts'
import type { AnsweredRows } from '../window/counter.ts'
import { Ring, type RingOptions } from '../window/ring.ts'
import { expectSame } from '../window/window.ts'
import { calibrated } from './estimate.ts'
import { IdTable } from './id-table.ts'
import { type Performance, performanceOf } from './performance.ts'
import { base64, fill, type Numbers } from './state-numbers.ts'
import { type Cells, cellsOf, LAG_SECONDS } from './tally.ts'

export interface FeedbackOptions extends Partial<RingOptions> {
  /** Predictions that are remembered; the oldest is forgotten for a new one. */
  readonly capacity?: number
  /** Milliseconds after a prediction in which its label counts. */
  readonly joinMs?: number
}

/** A day of performance in 24 parts, and a week for labels to come. */
export const FEEDBACK_DEFAULTS: Required<FeedbackOptions> = {
  capacity: 50_000,
  joinMs: 7 * 86_400_000,
  subWindows: 24,
  subWindowMs: 3_600_000,
}

const MOST_CAPACITY = 2 ** 24

const FEEDBACK_FORMAT = 'copse-feedback'
const FEEDBACK_VERSION = 1

export const FEEDBACK_RESULTS = ['matched', 'repeated', 'conflict', 'late', 'unmatched', 'invalid'] as const

/**
 * What became of a label: `matched` its prediction; `repeated` one that came before; said something else than one before
 * (`conflict`, the first counts); came after `joinMs` (`late`); is of a prediction that is not, or no longer, known
 * (`unmatched`); or is no class, or no number (`invalid`).
 */
export type FeedbackResult = (typeof FEEDBACK_RESULTS)[number]

/**
 * Joins labels to the predictions of one model version by their ids, in fixed memory, and keeps rolling sums of how good the
 * answers were. The same labels in any number give the same sums.
 */
export class FeedbackJoin {
  readonly #reference: Reference
  readonly #joinMs: number
  readonly #outputs: number
  readonly #at: Cells
  readonly #ids: IdTable
  readonly #ring: Ring
  readonly #classIndex: ReadonlyMap<string, number>
  readonly #likelihood: (confidence: number) => number
  readonly #interval: readonly [number, number] | null
  /** By slot of `ids`. A label is NaN until it comes, then a class index or a value. */
  readonly #times: Float64Array
  readonly #labels: Float64Array
  readonly #classIds: Uint16Array
  readonly #answers: Float64Array
  readonly #tags: Uint32Array

  /** @throws MonitoringError MONITORING_ERR_OPTION */
  constructor(reference: Reference, options: FeedbackOptions = {}) {
    const { capacity, joinMs, ...ring } = { ...FEEDBACK_DEFAULTS, ...options }
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > MOST_CAPACITY || !(joinMs > 0)) {
      throw new MonitoringError(
        'MONITORING_ERR_OPTION',
        `A feedback join needs a capacity of 1 to ${MOST_CAPACITY} and a joinMs above 0.`,
      )
    }
    const { target, calibration } = reference
    const classes = target.type === 'class' ? target.classes : []
    this.#reference = reference
    this.#joinMs = joinMs
    this.#outputs = Math.max(1, classes.length)
    this.#at = cellsOf(classes.length)
    this.#ids = new IdTable(capacity)
    this.#ring = new Ring(this.#at.length, ring)
    this.#classIndex = new Map(classes.map((name, k) => [name, k]))
    this.#likelihood = calibrated(calibration?.type === 'class' ? calibration : null)
    this.#interval = calibration?.type === 'number' ? [calibration.residuals[1], calibration.residuals[7]] : null
    this.#times = new Float64Array(capacity)
    this.#labels = new Float64Array(capacity)
    this.#classIds = new Uint16Array(capacity)
    this.#answers = new Float64Array(capacity * this.#outputs)
    this.#tags = new Uint32Array(capacity)
  }

  /** Bytes of the predictions and sums, which never change. */
  get bytes(): number {
    const parts = [this.#times, this.#labels, this.#classIds, this.#answers, this.#tags]
    return this.#ids.bytes + this.#ring.bytes + parts.reduce((sum, part) => sum + part.byteLength, 0)
  }

  /**
   * Remembers row `row` of what was answered, with a `tag` of 32 bits that `recall` gives back; an id that is remembered
   * already stays as it is.
   */
  predicted(id: string, answers: AnsweredRows, now: number = Date.now(), row = 0, tag = 0): void {
    if (this.#ids.find(id) !== -1) return
    const slot = this.#ids.add(id)
    const width = this.#outputs
    this.#times[slot] = now
    this.#labels[slot] = Number.NaN
    this.#tags[slot] = tag
    this.#classIds[slot] = this.#classIndex.size > 0 ? answers.classIds[row] : 0
    for (let k = 0; k < width; k++) this.#answers[slot * width + k] = answers.outputs[row * width + k]
    const sums = this.#ring.at(now)
    sums[this.#at.answered]++
    if (this.#classIndex.size > 0) sums[this.#at.estimated] += this.#likelihood(this.#confidence(slot))
  }

  /** Takes a label: the name of a class, or a finite number. */
  label(id: string, label: string | number, now: number = Date.now()): FeedbackResult {
    const value = this.#classIndex.size > 0 ? this.#classIndex.get(String(label)) : label
    if (typeof value !== 'number' || !Number.isFinite(value)) return 'invalid'
    const slot = this.#ids.find(id)
    if (slot === -1) return 'unmatched'
    const known = this.#labels[slot]
    if (!Number.isNaN(known)) return known === value ? 'repeated' : 'conflict'
    if (now - this.#times[slot] > this.#joinMs) return 'late'
    this.#labels[slot] = value
    const sums = this.#ring.at(now)
    const at = this.#at
    const lag = Math.max(0, now - this.#times[slot]) / 1000
    sums[at.labelled]++
    sums[at.lags + binOf(LAG_SECONDS, lag)]++
    sums[at.lagSum] += lag
    if (this.#classIndex.size > 0) this.#addClass(sums, slot, value)
    else this.#addNumber(sums, this.#answers[slot], value)
    return 'matched'
  }

  /** What is remembered of a prediction: its tag, and the index of the class that was answered (0 of a number). */
  recall(id: string): { readonly tag: number; readonly classId: number } | undefined {
    const slot = this.#ids.find(id)
    return slot === -1 ? undefined : { tag: this.#tags[slot], classId: this.#classIds[slot] }
  }

  /** Whether the prediction is remembered. */
  knows(id: string): boolean {
    return this.#ids.find(id) !== -1
  }

  /** Performance over the window at `now`. */
  performance(now: number = Date.now()): Performance {
    return performanceOf(this.#reference.target, this.#ring.total(now))
  }

  /** The same of each sub-window of that window, oldest first; `from` is when it begins. */
  history(now: number = Date.now()): { readonly from: number; readonly performance: Performance }[] {
    return this.#ring
      .parts(now)
      .map(({ from, cells }) => ({ from, performance: performanceOf(this.#reference.target, cells) }))
  }

  #addClass(sums: Float64Array, slot: number, label: number): void {
    const at = this.#at
    const confidence = this.#confidence(slot)
    const right = this.#classIds[slot] === label ? 1 : 0
    const bin = at.bins + 3 * binOf(CONFIDENCE_EDGES, confidence)
    sums[at.correct] += right
    sums[at.logLoss] -= Math.log(Math.max(1e-15, this.#answers[slot * this.#outputs + label]))
    sums[at.labels + label]++
    sums[at.hits + label] += right
    sums[bin]++
    sums[bin + 1] += right
    sums[bin + 2] += confidence
    sums[at.labelledEstimate] += this.#likelihood(confidence)
  }

  #addNumber(sums: Float64Array, answer: number, label: number): void {
    const at = this.#at
    const error = label - answer
    sums[at.error] += error
    sums[at.absolute] += Math.abs(error)
    sums[at.squared] += error ** 2
    sums[at.label] += label
    sums[at.labelSquared] += label ** 2
    if (this.#interval && error >= this.#interval[0] && error <= this.#interval[1]) sums[at.covered]++
  }

  #confidence(slot: number): number {
    return this.#answers[slot * this.#outputs + this.#classIds[slot]]
  }

  /** The state as JSON; arrays are base64 of their little-endian bytes. */
  toJSON() {
    return this.#state(base64)
  }

  /** The same with copies of the arrays, for who writes JSON piece by piece while predictions go on. */
  snapshot() {
    return this.#state((numbers) => numbers.slice())
  }

  #state<T>(of: (numbers: Numbers) => T) {
    const { size, next, hashes } = this.#ids
    return {
      format: FEEDBACK_FORMAT,
      version: FEEDBACK_VERSION,
      ...this.#identity(),
      next,
      size,
      hashes: of(hashes),
      times: of(this.#times.subarray(0, size)),
      labels: of(this.#labels.subarray(0, size)),
      classIds: of(this.#classIds.subarray(0, size)),
      answers: of(this.#answers.subarray(0, size * this.#outputs)),
      tags: of(this.#tags.subarray(0, size)),
      ...this.#ring.toJSON(),
    }
  }

  /**
   * A join that goes on from a state that nobody vouches for; in place of base64 it may have iterables of pieces of the bytes.
   *
   * @throws MonitoringError MONITORING_ERR_FORMAT, MONITORING_ERR_VERSION, MONITORING_ERR_STRUCTURE, MONITORING_ERR_OPTION, or
   * MONITORING_ERR_MISMATCH when the state is of another model, reference, capacity or division into sub-windows
   */
  static parse(json: unknown, reference: Reference, options: FeedbackOptions = {}): FeedbackJoin {
    const join = new FeedbackJoin(reference, options)
    const root = new Field(json, '', 'The feedback')
    root.format(FEEDBACK_FORMAT, FEEDBACK_VERSION)
    const at = root.object(KEYS)
    const identity = join.#identity()
    const found = Object.fromEntries(Object.keys(identity).map((key) => [key, at[key as (typeof KEYS)[number]].value]))
    expectSame('states of feedback', found, identity)
    const size = at.size.count(0, identity.capacity)
    const next = at.next.count(0, identity.capacity - 1)
    const hashes = new Uint32Array(size * 2)
    fill(at.hashes, hashes)
    if (!join.#ids.restore(hashes, next)) throw at.hashes.fail('those of as many different ids')
    fill(at.times, join.#times.subarray(0, size))
    fill(at.labels, join.#labels.subarray(0, size))
    fill(at.classIds, join.#classIds.subarray(0, size))
    fill(at.answers, join.#answers.subarray(0, size * join.#outputs))
    fill(at.tags, join.#tags.subarray(0, size))
    join.#check(at, size)
    join.#ring.restore(at, (cells) => cells.items(join.#at.length, join.#at.length, (cell) => cell.number()))
    return join
  }

  #identity() {
    const { modelSha256, checksum } = this.#reference
    const { subWindows, subWindowMs } = this.#ring
    return { modelSha256, reference: checksum, capacity: this.#ids.capacity, subWindows, subWindowMs }
  }

  #check(at: Record<'times' | 'labels' | 'classIds' | 'answers', Field>, size: number): void {
    const classes = this.#classIndex.size
    const isLabel = (label: number) =>
      Number.isNaN(label) ||
      (classes > 0 ? Number.isInteger(label) && label >= 0 && label < classes : Number.isFinite(label))
    const isAnswer = (answer: number) => (classes > 0 ? answer >= 0 && answer <= 1 : Number.isFinite(answer))
    if (!this.#times.subarray(0, size).every(Number.isFinite)) throw at.times.fail('finite times')
    if (!this.#labels.subarray(0, size).every(isLabel)) throw at.labels.fail('labels of the target')
    if (!this.#classIds.subarray(0, size).every((k) => k < Math.max(1, classes))) throw at.classIds.fail('classes')
    if (!this.#answers.subarray(0, size * this.#outputs).every(isAnswer)) throw at.answers.fail('answers of the target')
  }
}

const KEYS = [
  'format',
  'version',
  'modelSha256',
  'reference',
  'capacity',
  'subWindows',
  'subWindowMs',
  'next',
  'size',
  'hashes',
  'times',
  'labels',
  'classIds',
  'answers',
  'tags',
  'newest',
  'counts',
  'forgotten',
] as const
