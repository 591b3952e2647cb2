import { logGamma } from './gamma.ts'

/** Terms below this share of the sum no longer change it. */
const NEGLIGIBLE = 2 ** -60

/**
 * Fisher's exact test of two shares, `hits1` of n1 and `hits2` of n2. P-values of the second share being as high (`greater`),
 * as low (`less`) or as far off either way (`both`, twice the smaller tail) if the samples are of one population.
 */
export function fisherExact(hits1: number, n1: number, hits2: number, n2: number) {
  const hits = hits1 + hits2
  const greater = upperTail(hits2, n2, hits, n1 + n2)
  // That few of the hits are in the second sample is that many of the misses are.
  const less = upperTail(n2 - hits2, n2, n1 + n2 - hits, n1 + n2)
  return { greater, less, both: Math.min(1, 2 * Math.min(greater, less)) }
}

/** P(K >= k) where K of `marked` balls are among `drawn` of `total`: the hypergeometric distribution. */
function upperTail(k: number, drawn: number, marked: number, total: number): number {
  const most = Math.min(drawn, marked)
  const mean = (drawn * marked) / total
  if (k <= Math.max(0, drawn + marked - total)) return 1
  const term = (i: number) => Math.exp(choose(marked, i) + choose(total - marked, drawn - i) - choose(total, drawn))
  const ratio = (i: number) => ((marked - i) * (drawn - i)) / ((i + 1) * (total - marked - drawn + i + 1))
  // Terms fall away from the mean, so each tail is summed outwards.
  if (k > mean)
    return Math.min(
      1,
      sumTerms(term(k), k, most, (i) => ratio(i), 1),
    )
  const least = Math.max(0, drawn + marked - total)
  return Math.max(0, 1 - sumTerms(term(k - 1), k - 1, least, (i) => 1 / ratio(i - 1), -1))
}

function sumTerms(first: number, from: number, to: number, ratio: (i: number) => number, step: 1 | -1): number {
  let term = first
  let total = first
  for (let i = from; i !== to && term > total * NEGLIGIBLE; i += step) {
    term *= ratio(i)
    total += term
  }
  return total
}

/**
 * P(K >= k) where K of n new values lie outside of the range of N earlier ones, all of one continuous distribution: of the
 * n + N ranks, any N are equally likely to be the earlier ones. With ties it is too large, never too small. By the
 * hockey-stick identity [(k + 1) C(n - k + N - 1, N - 1) + C(n - k - 1 + N, N)] / C(n + N, N).
 */
export function outOfRange(k: number, n: number, N: number): number {
  if (k <= 0 || N < 2) return 1
  const all = choose(n + N, N)
  const exactly = Math.exp(choose(n - k + N - 1, N - 1) - all) * (k + 1)
  const beyond = k < n ? Math.exp(choose(n - k - 1 + N, N) - all) : 0
  return Math.min(1, exactly + beyond)
}

/** The natural logarithm of the binomial coefficient. */
function choose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}
