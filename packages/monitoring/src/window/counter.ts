import { MonitoringError } from '../errors.ts'
import type { Layout, Series } from './layout.ts'

/** What a model answered to some rows, as arrays that the caller may reuse afterwards. */
export interface AnsweredRows {
  readonly rows: number
  /** [rows * outputs] row-major: a probability a class, or one value. */
  readonly outputs: Float64Array
  /** [rows] index of the class that was answered; anything for a model of numbers. */
  readonly classIds: ArrayLike<number>
  /** [rows] as `Forest.predictSignalsInto` writes it; left uncounted when absent. */
  readonly disagreement?: Float64Array | undefined
  /** [rows], likewise. */
  readonly rareShare?: Float64Array | undefined
}

/** Adds rows to cells laid out by `layout`. Nothing is allocated per row. */
export class Counter {
  readonly layout: Layout
  readonly #features: readonly Series[]
  readonly #prediction: Series | undefined
  readonly #confidence: Series | undefined
  readonly #disagreement: Series | undefined
  readonly #rareLeaves: Series | undefined

  constructor(layout: Layout) {
    const find = (role: Series['role'], name: string) =>
      layout.series.find((series) => series.role === role && series.name === name)
    this.layout = layout
    this.#features = layout.series.filter(({ role }) => role === 'feature')
    this.#prediction = find('answer', 'prediction')
    this.#confidence = find('answer', 'confidence')
    this.#disagreement = find('signal', 'disagreement')
    this.#rareLeaves = find('signal', 'rare_leaves')
  }

  /**
   * Counts rows; `values` is [rows * features] row-major as the forest takes them: a category is the index of its level,
   * missing is NaN. Longer arrays are read from their beginning.
   *
   * @throws MonitoringError MONITORING_ERR_TABLE when an array is shorter than the rows need
   */
  add(cells: Float64Array, values: Float32Array, answers: AnsweredRows): void {
    const { features, outputs: width } = this.layout
    const { rows, outputs, classIds, disagreement, rareShare } = answers
    if (values.length < rows * features || outputs.length < rows * width) throw this.#tooShort(rows, values, outputs)
    cells[0] += rows
    for (let f = 0; f < features; f++) {
      const series = this.#features[f]
      if (series.type === 'number') countNumbers(cells, series, values, f, features, rows)
      else countLevels(cells, series, values, f, features, rows)
    }
    const prediction = this.#prediction
    const confidence = this.#confidence
    if (prediction && !confidence) countNumbers(cells, prediction, outputs, 0, 1, rows)
    else if (prediction && confidence) {
      countLevels(cells, prediction, classIds, 0, 1, rows)
      for (let row = 0; row < rows; row++) countNumber(cells, confidence, outputs[row * width + classIds[row]])
    }
    if (this.#disagreement) countSignal(cells, this.#disagreement, disagreement, rows)
    if (this.#rareLeaves) countSignal(cells, this.#rareLeaves, rareShare, rows)
  }

  #tooShort(rows: number, values: Float32Array, outputs: Float64Array): MonitoringError {
    const { features, outputs: width } = this.layout
    return new MonitoringError(
      'MONITORING_ERR_TABLE',
      `${rows} rows need ${rows * features} values and ${rows * width} outputs; there are ${values.length} and ${outputs.length}.`,
    )
  }
}

function countNumbers(
  cells: Float64Array,
  series: Series,
  values: Float32Array | Float64Array,
  first: number,
  stride: number,
  rows: number,
): void {
  for (let row = 0, at = first; row < rows; row++, at += stride) countNumber(cells, series, values[at])
}

/** A number outside of the range counts in its outermost bin and in the last cell. */
function countNumber(cells: Float64Array, { start, bins, edges, min, max }: Series, value: number): void {
  if (Number.isNaN(value)) {
    cells[start + bins]++
    return
  }
  let low = 0
  let high = bins - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value <= edges[middle]) high = middle
    else low = middle + 1
  }
  cells[start + low]++
  if (!(value >= min && value <= max)) cells[start + bins + 1]++
}

/** A level that is none of the levels counts in the last cell only. */
function countLevels(
  cells: Float64Array,
  { start, bins, binOfLevel }: Series,
  levels: ArrayLike<number>,
  first: number,
  stride: number,
  rows: number,
): void {
  for (let row = 0, at = first; row < rows; row++, at += stride) {
    const level = levels[at]
    if (Number.isNaN(level)) cells[start + bins]++
    else {
      const bin = binOfLevel[level]
      cells[start + (bin === undefined ? bins + 1 : bin)]++
    }
  }
}

/** Rows without the signal count as missing. */
function countSignal(cells: Float64Array, series: Series, values: Float64Array | undefined, rows: number): void {
  if (values) countNumbers(cells, series, values, 0, 1, rows)
  else cells[series.start + series.bins] += rows
}
