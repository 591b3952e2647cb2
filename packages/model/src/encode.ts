import { KernelEncoder } from './kernel-encoder.ts'
import { RowSorter } from './sort-rows.ts'
import type { Feature, Table } from './table.ts'

/** Code of a missing value in a column that has one; a column without any may use it for a value. */
export const MISSING = 0xffff

/** Most codes of a column. */
export const MAX_CODES = 0x10000

/** What the codes of one column stand for. */
export interface CodedColumn {
  /** 0 = numbers, else the number of levels, and a code is a level. */
  readonly levels: number
  /** Whether code MISSING means missing. */
  readonly missing: boolean
  /** Whether every code is one value (low = high) or level. */
  readonly exact: boolean
  /** Numbers: [codes] smallest and largest value of each code, ascending. */
  readonly low: Float32Array
  readonly high: Float32Array
}

/** A table as codes: code order is value order, and the code of (row, f) is codes[row * stride + f]. */
export interface Codes {
  readonly codes: Uint16Array
  /** Codes from a row to the next: the number of columns rounded up to an even number. */
  readonly stride: number
  readonly columns: readonly CodedColumn[]
  /** The memory that the codes, or values, stand in where a kernel put them there: at CELLS. Nothing else in it is used. */
  readonly memory: WebAssembly.Memory | undefined
}

/**
 * Turns columns into codes, once a forest. A column of up to 65,536 distinct values (a missing one counts) gets one code a
 * value, its rank; one with more gets 65,536 codes that hold about equally many rows each.
 *
 * Runs until done when iterated; pauses where a caller may want to look at the clock.
 *
 * @param kernel encodes to the same codes, faster; null does without.
 */
export function* encode(
  table: Table,
  allocate: (bytes: number) => ArrayBufferLike,
  kernel: KernelEncoder | null = KernelEncoder.create(table.rows, strideOf(table), 'code') ?? null,
): Generator<void, Codes> {
  const { rows, columns, signature } = table
  const stride = strideOf(table)
  const coded: CodedColumn[] = []
  if (kernel) {
    for (let f = 0; f < columns.length; f++) {
      coded.push(yield* kernel.encode(columns[f], signature.features[f], allocate))
      yield
    }
    yield* kernel.finish()
    return { codes: kernel.codes, stride, columns: coded, memory: kernel.memory }
  }
  const codes = new Uint16Array(allocate(rows * stride * 2))
  const sorter = new RowSorter(rows)
  for (let f = 0; f < columns.length; f++) {
    const place = { codes, stride, offset: f }
    coded.push(yield* encodeColumn(columns[f], signature.features[f], place, sorter, allocate))
    yield
  }
  return { codes, stride, columns: coded, memory: undefined }
}

/** Cells from a row to the next. */
export function strideOf({ columns }: Pick<Table, 'columns'>): number {
  return (columns.length + 1) & ~1
}

/** Turns the categories of a table into codes and leaves out its numbers: for random cuts, which go by values. */
export function* encodeLevels(table: Table, allocate: (bytes: number) => ArrayBufferLike): Generator<void, Codes> {
  const { rows, columns, signature } = table
  const stride = strideOf(table)
  const some = signature.features.some(({ type }) => type === 'category')
  const codes = new Uint16Array(allocate(some ? rows * stride * 2 : 0))
  const coded: CodedColumn[] = []
  for (let f = 0; f < columns.length; f++) {
    const feature = signature.features[f]
    const levels = feature.type === 'category' ? feature.levels.length : 0
    const missing = levels > 0 ? placeLevels(columns[f], { codes, stride, offset: f }) : columns[f].includes(Number.NaN)
    coded.push({ levels, missing, exact: true, low: NO_VALUES, high: NO_VALUES })
    yield
  }
  return { codes, stride, columns: coded, memory: undefined }
}

const NO_VALUES = new Float32Array(0)

interface Place {
  readonly codes: Uint16Array
  readonly stride: number
  readonly offset: number
}

function* encodeColumn(
  column: Float32Array,
  feature: Feature,
  place: Place,
  sorter: RowSorter,
  allocate: (bytes: number) => ArrayBufferLike,
): Generator<void, CodedColumn> {
  if (feature.type === 'category') {
    const missing = placeLevels(column, place)
    return { levels: feature.levels.length, missing, exact: true, low: NO_VALUES, high: NO_VALUES }
  }
  yield* sorter.sort(column)
  const { order, count } = sorter
  const missing = count < column.length
  const limit = missing ? MAX_CODES - 1 : MAX_CODES
  const distinct = countDistinct(column, order, count)
  yield
  const exact = distinct <= limit
  const size = exact ? distinct : limit
  const low = new Float32Array(allocate(size * 4))
  const high = exact ? low : new Float32Array(allocate(size * 4))
  const used = exact
    ? encodeRanks(column, order, count, place, low)
    : encodeQuantiles(column, order, count, place, low, high)
  for (let i = count; i < order.length; i++) place.codes[order[i] * place.stride + place.offset] = MISSING
  return { levels: 0, missing, exact, low: low.subarray(0, used), high: high.subarray(0, used) }
}

function placeLevels(column: Float32Array, { codes, stride, offset }: Place): boolean {
  let missing = false
  for (let row = 0, at = offset; row < column.length; row++, at += stride) {
    const level = column[row]
    if (Number.isNaN(level)) {
      codes[at] = MISSING
      missing = true
    } else codes[at] = level
  }
  return missing
}

function countDistinct(column: Float32Array, order: Uint32Array, count: number): number {
  let distinct = count === 0 ? 0 : 1
  for (let i = 1; i < count; i++) if (column[order[i]] !== column[order[i - 1]]) distinct++
  return distinct
}

function encodeRanks(
  column: Float32Array,
  order: Uint32Array,
  count: number,
  place: Place,
  values: Float32Array,
): number {
  const { codes, stride, offset } = place
  let code = -1
  let last = Number.NaN
  for (let i = 0; i < count; i++) {
    const row = order[i]
    const value = column[row]
    if (value !== last) {
      last = value
      values[++code] = value + 0
    }
    codes[row * stride + offset] = code
  }
  return code + 1
}

/** A code takes values until it holds its share of the rows that are left, so no code is wasted on frequent values. */
function encodeQuantiles(
  column: Float32Array,
  order: Uint32Array,
  count: number,
  place: Place,
  low: Float32Array,
  high: Float32Array,
): number {
  const { codes, stride, offset } = place
  let code = -1
  let until = 0
  let last = Number.NaN
  for (let i = 0; i < count; i++) {
    const row = order[i]
    const value = column[row]
    if (value !== last) {
      if (i >= until) {
        code++
        low[code] = value + 0
        until = i + (count - i) / (low.length - code)
      }
      high[code] = value + 0
      last = value
    }
    codes[row * stride + offset] = code
  }
  return code + 1
}
