import { sum } from './chi-squared.ts'

/**
 * Shares of counts with half a row more in each bin (Jeffreys' prior), so that none is 0 and every logarithm exists; they
 * sum to 1.
 */
export function smoothShares(counts: ArrayLike<number>): Float64Array {
  const total = sum(counts) + counts.length / 2
  return Float64Array.from(counts, (count) => (count + 0.5) / total)
}

/** The population stability index of two rows of positive shares: sum of (q - p) ln(q / p). */
export function psi(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  let total = 0
  for (let bin = 0; bin < reference.length; bin++) {
    total += (current[bin] - reference[bin]) * Math.log(current[bin] / reference[bin])
  }
  return total
}

/** What PSI is on average between two samples of one distribution: (bins - 1) (1/n1 + 1/n2). */
export function expectedPsi(bins: number, n1: number, n2: number): number {
  return n1 > 0 && n2 > 0 ? (bins - 1) * (1 / n1 + 1 / n2) : 0
}

/** The Jensen-Shannon divergence of two rows of shares, in bits: 0 where they are equal, 1 where they share no bin. */
export function jensenShannon(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  let total = 0
  for (let bin = 0; bin < reference.length; bin++) {
    const middle = (reference[bin] + current[bin]) / 2
    total += half(reference[bin], middle) + half(current[bin], middle)
  }
  return Math.min(1, Math.max(0, total))
}

function half(share: number, middle: number): number {
  return share > 0 ? (share / 2) * Math.log2(share / middle) : 0
}
