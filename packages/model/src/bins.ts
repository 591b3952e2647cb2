import type { Span } from './gather.ts'

/** The bins of a feature in a node: bin code b holds the codes span.min + (b << shift) .. span.min + ((b + 1) << shift) - 1. */
export interface Bins {
  /** Bins that hold a sample; the arrays binX of the workspace. */
  count: number
  shift: number
  /** Sums over the samples without a value (and `without` of the workspace by class). */
  missingWeight: number
  missingSecond: number
}

/** Smallest shift that leaves at most `maxBins` bins (0 = no limit). */
export function shiftFor(span: Span, samples: number, maxBins: number): number {
  if (maxBins === 0 || samples <= maxBins) return 0
  let shift = 0
  while ((span.max - span.min) >> shift >= maxBins) shift++
  return shift
}
