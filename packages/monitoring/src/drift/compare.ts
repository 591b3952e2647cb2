import { chiSquared, sum } from '../statistics/chi-squared.ts'
import { expectedPsi, jensenShannon, psi, smoothShares } from '../statistics/distance.ts'
import { fisherExact, outOfRange } from '../statistics/exact.ts'
import { kolmogorovSmirnov } from '../statistics/kolmogorov-smirnov.ts'
import type { Series } from '../window/layout.ts'
import { type Pooled, poolLevels, poolNumbers } from './pool.ts'

export type TestName = 'chi_squared' | 'kolmogorov_smirnov' | 'missing' | 'out_of_range' | 'unseen'

export interface TestResult {
  readonly test: TestName
  /** Chi-squared, KS distance, or the share of rows in the window. */
  readonly statistic: number
  readonly pValue: number
  /** Whether the difference, were it real, is of a size that matters. */
  readonly material: boolean
}

/** A series of the window beside its reference. */
export interface Comparison {
  readonly name: string
  readonly role: Series['role']
  /** Rows of the window, and of the reference, that have a value of a known level. */
  readonly rows: number
  readonly referenceRows: number
  /** Over the bins, with half a row more in each. */
  readonly psi: number
  /** What PSI would be on average without drift. */
  readonly expectedPsi: number
  /** Jensen-Shannon divergence in bits, over the same shares. */
  readonly jensenShannon: number
  /** Share of rows with no value. */
  readonly missing: number
  readonly referenceMissing: number
  /** Share of values out of the reference's range, or of levels it does not know. */
  readonly outside: number
  readonly tests: readonly TestResult[]
  /** The least of the tests' p-values, times their number (Bonferroni), at most 1. */
  readonly pValue: number
}

/** What makes a difference matter, beyond being no accident. */
export interface Material {
  /** Least PSI beyond what chance would give. */
  readonly psi: number
  /** Least difference of a share of rows. */
  readonly share: number
}

/** Compares the cells of a window with the reference of one series. */
export function compare(series: Series, cells: Float64Array, material: Material): Comparison {
  const { name, role, type, start, bins, reference: all } = series
  const reference = all.subarray(0, bins)
  const current = cells.subarray(start, start + bins)
  const [missing1, missing2, outside] = [all[bins], cells[start + bins], cells[start + bins + 1]]
  const [n1, n2] = [sum(reference), sum(current)]
  // Numbers out of range are in a bin, unseen levels are in none.
  const values2 = type === 'number' ? n2 : n2 + outside
  const shares = [smoothShares(reference), smoothShares(current)] as const
  const distance = bins > 1 && n1 > 0 && n2 > 0 ? psi(...shares) : 0
  const expected = expectedPsi(bins, n1, n2)
  const excess = distance - expected >= material.psi
  const tests: TestResult[] = []

  const pooled = type === 'number' ? poolNumbers(reference, current) : levels(series, reference, current, outside)
  if (pooled.reference.length > 1) {
    const chi = chiSquared(pooled.reference, pooled.current)
    tests.push({ test: 'chi_squared', statistic: chi.statistic, pValue: chi.pValue, material: excess })
  }
  if (type === 'number' && bins > 1) {
    tests.push({ test: 'kolmogorov_smirnov', ...kolmogorovSmirnov(reference, current), material: excess })
  }
  const differs = (share: number, from: number) => Math.abs(share - from) >= material.share
  const share = (count: number, rows: number) => (rows > 0 ? count / rows : 0)
  const missing = share(missing2, missing2 + values2)
  const referenceMissing = share(missing1, missing1 + n1)
  // Of a signal it means that the service did not measure it, which says nothing of the rows.
  if (role !== 'signal' && missing1 + missing2 > 0) {
    const pValue = fisherExact(missing1, missing1 + n1, missing2, missing2 + values2).both
    tests.push({ test: 'missing', statistic: missing, pValue, material: differs(missing, referenceMissing) })
  }
  const outsideShare = share(outside, values2)
  if (role === 'feature') {
    const number = type === 'number'
    const pValue = number ? outOfRange(outside, values2, n1) : unseen(series, outside, values2, n1)
    const test = number ? 'out_of_range' : 'unseen'
    tests.push({ test, statistic: outsideShare, pValue, material: differs(outsideShare, 0) })
  }
  return {
    name,
    role,
    rows: n2,
    referenceRows: n1,
    psi: distance,
    expectedPsi: expected,
    jensenShannon: bins > 1 && n1 > 0 && n2 > 0 ? jensenShannon(...shares) : 0,
    missing,
    referenceMissing,
    outside: outsideShare,
    tests,
    // A series that is the same in every row has no test.
    pValue: Math.min(1, Math.max(1, tests.length) * Math.min(1, ...tests.map(({ pValue }) => pValue))),
  }
}

/** The last bin is that of the levels without one, if there are any. */
function levels({ levels }: Series, reference: Float64Array, current: Float64Array, unseen: number): Pooled {
  const own = levels.at(-1) === null ? levels.length - 1 : levels.length
  const rest = { first: sum(reference.subarray(own)), second: sum(current.subarray(own)) + unseen }
  return poolLevels(reference.subarray(0, own), current.subarray(0, own), rest)
}

/**
 * Levels that the reference saw once are about as many rows as it would have had of levels it never saw (Good 1953), so
 * their share bounds that of unseen levels; one more lets the bound be wrong by a row. Unseen rows come several a level, as
 * many as 1 + n / N in the mean square for a level of one row among N, and count as that many fewer.
 */
function unseen({ once }: Series, outside: number, rows: number, referenceRows: number): number {
  if (outside === 0 || referenceRows === 0) return 1
  const repeats = 1 + rows / referenceRows
  return fisherExact(once + 1, referenceRows + 1, Math.floor(outside / repeats), Math.floor(rows / repeats)).greater
}
