import { rowsOf } from './lengths.ts'

/**
 * The class of each row of shares [rows * classes], row-major: the first maximum, so the lowest class index wins a tie.
 */
export function argmax(probabilities: ArrayLike<number>, classes: number): Uint16Array {
  const rows = rowsOf('argmax', probabilities, classes)
  const best = new Uint16Array(rows)
  for (let row = 0; row < rows; row++) best[row] = firstMaximum(probabilities, row * classes, classes)
  return best
}

/** The index in 0..count - 1 of the first maximum among values[start..start + count). */
export function firstMaximum(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0
  for (let k = 1; k < count; k++) if (values[start + k] > values[start + best]) best = k
  return best
}
