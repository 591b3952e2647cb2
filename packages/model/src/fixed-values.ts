import { exponentOf, powerOfTwo } from './logarithm.ts'

/** The values of a target as whole numbers: value = centre + whole / scale, rounded. */
export interface FixedValues {
  /** [rows] */
  readonly values: Float64Array
  /** A power of two. */
  readonly scale: number
  /** Smallest of the whole numbers, and a power of two so large that 2^24 steps of it reach beyond the largest. */
  readonly lowest: number
  readonly step: number
}

/**
 * Fixes the values of a target so finely that every sum of them over a tree stays below 2^52: sums are then exact,
 * whatever their order. With 100,000 rows that leaves a 34-bit number for the range of the values.
 *
 * @param weight the largest sum of weights of a tree.
 */
export function fixValues(
  target: Float64Array,
  weight: number,
  allocate: (bytes: number) => ArrayBufferLike,
): FixedValues | undefined {
  let sum = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of target) {
    sum += value
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const centre = Math.round(sum / target.length)
  const size = Math.max(high - centre, centre - low) * weight
  if (!(size > 1e-200 && size < 1e200)) return undefined
  const scale = powerOfTwo(50 - exponentOf(size))
  const values = new Float64Array(allocate(target.length * 8))
  for (let row = 0; row < values.length; row++) values[row] = Math.round((target[row] - centre) * scale) + 0
  const lowest = Math.round((low - centre) * scale)
  const range = Math.round((high - centre) * scale) - lowest + 1
  return { values, scale, lowest, step: powerOfTwo(Math.max(0, exponentOf(range) + 1 - 24)) }
}
