import { exponentOf, powerOfTwo } from './logarithm.ts'

/**
 * The range of a target of numbers whose rows have fractional or large weights. Each tree rounds the products of weight and
 * value less centre to whole multiples of a power of two, so fine that their sums stay below 2^52 (see weigh.ts).
 */
export interface Range {
  readonly centre: number
  /** Smallest value less centre, and a power of two so large that 2^32 steps of it reach beyond the largest. */
  readonly lowest: number
  readonly step: number
}

/** Undefined where products could leave the range of float64. */
export function rangeOf(target: Float64Array): Range | undefined {
  let sum = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of target) {
    sum += value
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const centre = sum / target.length
  const size = Math.max(high - centre, centre - low)
  if (!(size > 1e-150 && size < 1e150)) return undefined
  return { centre, lowest: low - centre, step: powerOfTwo(exponentOf(high - low) + 1 - 32) }
}
