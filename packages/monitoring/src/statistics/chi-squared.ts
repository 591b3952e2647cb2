import { upperGamma } from './gamma.ts'

export interface ChiSquared {
  /** Pearson's statistic of the two rows of counts. */
  readonly statistic: number
  /** Bins with a count in either row, less one. */
  readonly degrees: number
  /** By the limiting chi-squared distribution, good where every bin is expected to hold 5 or more. */
  readonly pValue: number
}

/**
 * Whether two rows of counts are samples of one distribution: the chi-squared test of homogeneity. Both rows are samples,
 * so the size of each counts. Bins that are empty in both say nothing and are left out.
 */
export function chiSquared(reference: ArrayLike<number>, current: ArrayLike<number>): ChiSquared {
  const n1 = sum(reference)
  const n2 = sum(current)
  let statistic = 0
  let bins = 0
  for (let bin = 0; bin < reference.length; bin++) {
    const both = reference[bin] + current[bin]
    if (both === 0) continue
    bins++
    statistic += (reference[bin] * n2 - current[bin] * n1) ** 2 / both
  }
  const degrees = Math.max(bins - 1, 0)
  if (degrees === 0 || n1 === 0 || n2 === 0) return { statistic: 0, degrees: 0, pValue: 1 }
  statistic /= n1 * n2
  return { statistic, degrees, pValue: upperGamma(degrees / 2, statistic / 2) }
}

export function sum(counts: ArrayLike<number>): number {
  let total = 0
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin]
  return total
}
