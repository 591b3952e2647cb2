import { MonitoringError } from '../errors.ts'
import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts'
import type { Layout } from '../window/layout.ts'
import { type Comparison, compare, type Material } from './compare.ts'

export type DriftLevel = 'none' | 'possible' | 'drift'

export interface CheckOptions {
  /** Adjusted p-value up to which a difference is no accident: at most this share of checks finds one where there is none. */
  readonly possible?: number
  /** The same for drift, which is material too. */
  readonly drift?: number
  /** Rows below which nothing is concluded. */
  readonly leastRows?: number
  /** Least PSI beyond what chance would give for drift. */
  readonly leastPsi?: number
  /** Least difference of a share of rows (missing, out of range, unseen) for drift. */
  readonly leastShare?: number
}

export const CHECK_DEFAULTS: Required<CheckOptions> = {
  possible: 0.05,
  drift: 0.01,
  leastRows: 50,
  leastPsi: 0.1,
  leastShare: 0.05,
}

export interface SeriesCheck extends Comparison {
  /** The p-value adjusted for the number of series (Benjamini and Hochberg). */
  readonly qValue: number
  /** What this check alone says. */
  readonly evidence: DriftLevel
}

/** One look at a window. */
export interface DriftCheck {
  readonly rows: number
  /** Whether the window has the rows to conclude anything; without, all evidence is none. */
  readonly enough: boolean
  /** Features in the signature's order, then answers, then signals. */
  readonly series: readonly SeriesCheck[]
}

/** Settles the options of a check. @throws MonitoringError MONITORING_ERR_OPTION */
export function checkOptions(given: CheckOptions = {}): Required<CheckOptions> {
  const options = { ...CHECK_DEFAULTS, ...given }
  const { possible, drift, leastRows, leastPsi, leastShare } = options
  if (!(drift > 0 && drift <= possible && possible < 1)) {
    throw new MonitoringError('MONITORING_ERR_OPTION', 'The levels of a check must be 0 < drift <= possible < 1.')
  }
  if (!(leastRows >= 1 && leastPsi >= 0 && leastShare >= 0)) {
    throw new MonitoringError(
      'MONITORING_ERR_OPTION',
      'A check needs leastRows of at least 1, and leastPsi and leastShare of at least 0.',
    )
  }
  return options
}

/**
 * Compares the counts of a window, such as `Window.total`, with its reference: every feature, the answers and the signals,
 * all p-values adjusted together.
 *
 * @throws MonitoringError MONITORING_ERR_OPTION
 */
export function checkDrift(layout: Layout, cells: Float64Array, given: CheckOptions = {}): DriftCheck {
  const options = checkOptions(given)
  const rows = cells[0]
  const enough = rows >= options.leastRows
  const material: Material = { psi: options.leastPsi, share: options.leastShare }
  const comparisons = layout.series.map((series) => compare(series, cells, material))
  const qValues = benjaminiHochberg(comparisons.map(({ pValue }) => pValue))
  return {
    rows,
    enough,
    series: comparisons.map((comparison, index) => {
      const qValue = qValues[index]
      return { ...comparison, qValue, evidence: enough ? evidence(comparison, qValue, options) : 'none' }
    }),
  }
}

/** The tests that carry a series' p-value must be of a size that matters for drift. */
function evidence({ tests, pValue }: Comparison, qValue: number, options: Required<CheckOptions>): DriftLevel {
  if (qValue > options.possible) return 'none'
  const allowed = qValue > 0 ? (pValue / qValue) * options.drift : options.drift
  const carries = tests.some((test) => test.material && test.pValue * tests.length <= allowed)
  return qValue <= options.drift && carries ? 'drift' : 'possible'
}
