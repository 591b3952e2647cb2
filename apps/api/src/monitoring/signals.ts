import type { Forest } from '@copse/model'
import type { Counter, Layout } from '@copse/monitoring'
import type { Answers } from '../model/served.ts'

/** Share of a process's time that may be spent on a second walk through the trees. */
const TIME_SHARE = 0.01
/** Milliseconds that may be saved up. */
const MOST_SAVED_MS = 50

/**
 * Counts rows, with the forest's own signals for as many of them as there is time for: these need another walk through
 * the trees, and a part of the rows tells as much. Rows without are counted as not measured.
 */
export class Signals {
  readonly #forest: Pick<Forest, 'predictSignalsInto'>
  readonly #clock: () => number
  readonly #features: number
  readonly #wanted: boolean
  readonly #answers: Float64Array
  readonly #disagreement: Float64Array
  readonly #rareShare: Float64Array
  readonly #width: number
  #savedMs = MOST_SAVED_MS
  #lookedAt: number
  /** Milliseconds that a row took of late. */
  #rowMs = 0

  /** `most` is the number of rows that are counted at a time; `clock` tells milliseconds. */
  constructor(
    forest: Pick<Forest, 'predictSignalsInto'>,
    layout: Layout,
    most: number,
    clock: () => number = () => performance.now(),
  ) {
    this.#forest = forest
    this.#clock = clock
    this.#lookedAt = clock()
    this.#features = layout.features
    this.#width = layout.outputs
    this.#wanted = layout.series.some(({ role }) => role === 'signal')
    const rows = this.#wanted ? most : 0
    this.#answers = new Float64Array(rows * layout.outputs)
    this.#disagreement = new Float64Array(rows)
    this.#rareShare = new Float64Array(rows)
  }

  count(counter: Counter, cells: Float64Array, input: Float32Array, answered: Answers): void {
    const { rows, outputs, classIds } = answered
    const measured = this.#wanted ? this.#measure(input, rows) : 0
    if (measured > 0) {
      const disagreement = this.#disagreement
      const rareShare = this.#rareShare
      counter.add(cells, input, { rows: measured, outputs, classIds, disagreement, rareShare })
    }
    if (measured === rows) return
    counter.add(cells, input.subarray(measured * this.#features), {
      rows: rows - measured,
      outputs: outputs.subarray(measured * this.#width),
      classIds: classIds.subarray(measured),
    })
  }

  /** Measures the first rows, as many as there is time for, and answers how many. */
  #measure(input: Float32Array, rows: number): number {
    const started = this.#clock()
    this.#savedMs = Math.min(MOST_SAVED_MS, this.#savedMs + (started - this.#lookedAt) * TIME_SHARE)
    this.#lookedAt = started
    if (this.#savedMs <= 0) return 0
    const measured = this.#rowMs === 0 ? Math.min(rows, 8) : Math.min(rows, Math.ceil(this.#savedMs / this.#rowMs))
    this.#forest.predictSignalsInto(input.subarray(0, measured * this.#features), {
      answers: this.#answers.subarray(0, measured * this.#width),
      disagreement: this.#disagreement.subarray(0, measured),
      rareShare: this.#rareShare.subarray(0, measured),
    })
    const took = this.#clock() - started
    this.#savedMs -= took
    this.#rowMs = took / measured
    return measured
  }
}
