import type { Histogram } from './reference.ts'

/** Bins of a column of numbers, at most. */
export const NUMBER_BINS = 10

/**
 * The histogram of the values that are not NaN. Up to `bins` distinct values get a bin each; more are cut where the bins
 * come nearest to equal counts. A value is never split over two bins, and one that is more frequent than a bin's share
 * leaves the remaining bins to the others.
 */
export function histogram(values: Float32Array | Float64Array, bins: number = NUMBER_BINS): Histogram {
  const sorted = values.slice().sort()
  // NaN sorts last.
  let present = sorted.length
  while (present > 0 && Number.isNaN(sorted[present - 1])) present--
  const numbers = sorted.subarray(0, present)
  return { ...cut(numbers, bins), ...moments(numbers) }
}

/** The bin of a value: the first whose upper edge is not below it, else the last. */
export function binOf(edges: readonly number[], value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value <= edges[middle]) high = middle
    else low = middle + 1
  }
  return low
}

/** Cuts sorted values into at most `bins` bins, none of them empty unless there is no value. */
function cut(sorted: Float32Array | Float64Array, bins: number): Pick<Histogram, 'edges' | 'counts'> {
  const edges: number[] = []
  const counts: number[] = []
  const each = distinctAtMost(sorted, bins)
  let start = 0
  let end = runEnd(sorted, 0)
  // sorted[start..end) is the bin that grows; a run of equal values is never cut.
  while (end < sorted.length && edges.length < bins - 1) {
    const nextEnd = runEnd(sorted, end)
    const share = (sorted.length - start) / (bins - edges.length)
    if (each || share - (end - start) < nextEnd - start - share) {
      edges.push(between(sorted[end - 1], sorted[end]))
      counts.push(end - start)
      start = end
    }
    end = nextEnd
  }
  counts.push(sorted.length - start)
  return { edges, counts }
}

function distinctAtMost(sorted: Float32Array | Float64Array, limit: number): boolean {
  let distinct = 0
  for (let start = 0; start < sorted.length; start = runEnd(sorted, start)) {
    if (++distinct > limit) return false
  }
  return true
}

/** The end, exclusive, of the equal values that begin at `start`. */
function runEnd(sorted: Float32Array | Float64Array, start: number): number {
  let end = start + 1
  while (end < sorted.length && sorted[end] === sorted[start]) end++
  return end
}

/** The decimal of fewest digits in [lower, upper) that is nearest to their midpoint; edges are read by people too. */
function between(lower: number, upper: number): number {
  const middle = lower / 2 + upper / 2
  for (let digits = 1; digits <= 17; digits++) {
    const rounded = Number(middle.toPrecision(digits))
    if (rounded >= lower && rounded < upper) return rounded + 0
  }
  return lower + 0
}

function moments(sorted: Float32Array | Float64Array): Pick<Histogram, 'min' | 'max' | 'mean' | 'sd'> {
  if (sorted.length === 0) return { min: null, max: null, mean: null, sd: null }
  const min = sorted[0] + 0
  const max = sorted[sorted.length - 1] + 0
  // A power of two scales exactly; it keeps sums and squares of the largest doubles finite.
  const scale = Math.max(-min, max) > 2 ** 400 ? 2 ** -700 : 1
  let sum = 0
  for (let index = 0; index < sorted.length; index++) sum += sorted[index] * scale
  const mean = sum / sorted.length
  let squares = 0
  for (let index = 0; index < sorted.length; index++) squares += (sorted[index] * scale - mean) ** 2
  const sd = Math.sqrt(squares / sorted.length) / scale
  return { min, max, mean: clamp(mean / scale, min, max) + 0, sd: clamp(sd, 0, Number.MAX_VALUE) }
}

/** Rounding may carry a moment out of its range by one unit in the last place. */
function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
