import { sum } from '../statistics/chi-squared.ts'

/** Two rows of counts whose bins are large enough to be compared. */
export interface Pooled {
  readonly reference: readonly number[]
  readonly current: readonly number[]
}

/** Least count a bin is expected to have in the smaller of two samples; Cochran's (1954) rule. */
export const LEAST_EXPECTED = 5

/** Counts in the reference and in the current sample. */
export interface Bin {
  readonly first: number
  readonly second: number
}

/** Puts ascending bins together with their neighbours until each is expected to hold `LEAST_EXPECTED` in either sample. */
export function poolNumbers(reference: ArrayLike<number>, current: ArrayLike<number>): Pooled {
  const bins = binsOf(reference, current)
  const least = leastOf(sum(reference), sum(current))
  const pooled: Bin[] = []
  let open: Bin = { first: 0, second: 0 }
  for (const bin of bins) {
    open = join(open, bin)
    if (open.first + open.second < least) continue
    pooled.push(open)
    open = { first: 0, second: 0 }
  }
  return rowsOf(closed(pooled, open))
}

/**
 * Puts all levels that are rare in both samples taken together into one bin, and with them the `rest`: rows of levels that
 * have no bin of their own, or that only one sample has. A level is known, or among the frequent, because the reference
 * happened to see it, so on their own such rows would seem to move from the one kind to the other.
 */
export function poolLevels(reference: ArrayLike<number>, current: ArrayLike<number>, rest: Bin): Pooled {
  const least = leastOf(sum(reference) + rest.first, sum(current) + rest.second)
  const bins = binsOf(reference, current).sort((a, b) => b.first + b.second - a.first - a.second)
  const isRare = (bin: Bin) => bin.first + bin.second < least
  const rare = bins.filter(isRare).reduce(join, rest)
  const frequent = bins.filter((bin) => !isRare(bin))
  return rowsOf(isRare(rare) ? closed(frequent, rare) : [...frequent, rare])
}

function binsOf(reference: ArrayLike<number>, current: ArrayLike<number>): Bin[] {
  return Array.from({ length: reference.length }, (_, bin) => ({ first: reference[bin], second: current[bin] }))
}

/** Only sums over both samples decide, so that a test that is exact for given sums stays so. */
function leastOf(n1: number, n2: number): number {
  return (LEAST_EXPECTED * (n1 + n2)) / Math.min(n1, n2)
}

/** What is left over joins the last bin. */
function closed(pooled: readonly Bin[], left: Bin): readonly Bin[] {
  const last = pooled.at(-1)
  return last ? [...pooled.slice(0, -1), join(last, left)] : [left]
}

function join(a: Bin, b: Bin): Bin {
  return { first: a.first + b.first, second: a.second + b.second }
}

function rowsOf(bins: readonly Bin[]): Pooled {
  return { reference: bins.map(({ first }) => first), current: bins.map(({ second }) => second) }
}
