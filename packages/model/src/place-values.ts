import { valueOfLevel } from './coins.ts'
import { strideOf } from './encode.ts'
import { KernelEncoder } from './kernel-encoder.ts'
import type { Table } from './table.ts'

/** Rows whose values are put in their places together: a few cache lines a row, all in the cache. */
const ROWS_TOGETHER = 256

/** The cells of a table row by row, [row * stride + f], and the memory they stand in where a kernel put them there. */
export interface PlacedValues {
  readonly values: Float32Array
  readonly memory: WebAssembly.Memory | undefined
}

/**
 * Puts the cells of a table row by row, as random cuts compare them: -0 becomes 0; a missing value stays NaN; a level is what `valueOfLevel` makes of it.
 *
 * Runs until done when iterated; pauses where a caller may want to look at the clock.
 *
 * @param kernel does the same, faster; null does without.
 */
export function* placeValues(
  table: Table,
  allocate: (bytes: number) => ArrayBufferLike,
  kernel: KernelEncoder | null = KernelEncoder.create(table.rows, strideOf(table), 'value') ?? null,
): Generator<void, PlacedValues> {
  const { rows, columns, signature } = table
  const isLevels = signature.features.map(({ type }) => type === 'category')
  const stride = strideOf(table)
  if (kernel) {
    yield* kernel.place(columns, isLevels)
    return { values: kernel.values, memory: kernel.memory }
  }
  const values = new Float32Array(allocate(rows * stride * 4))
  for (let start = 0; start < rows; start += ROWS_TOGETHER) {
    const end = Math.min(rows, start + ROWS_TOGETHER)
    for (let f = 0; f < columns.length; f++) {
      const column = columns[f]
      for (let row = start, at = start * stride + f; row < end; row++, at += stride) {
        values[at] = isLevels[f] ? valueOfLevel(column[row]) : column[row] + 0
      }
    }
    if (start % (64 * ROWS_TOGETHER) === 0) yield
  }
  return { values, memory: undefined }
}
