import { sum } from './statistics/chi-squared.ts'
import { jensenShannon, psi, smoothShares } from './statistics/distance.ts'
import type { Layout, Series } from './window/layout.ts'

/** Features beyond it are not exported, to bound the number of series. */
export const MOST_EXPORTED = 64

/** One value of `copse_feature_bin_total` or `copse_feature_reference_ratio`. */
export interface FeatureBin {
  readonly feature: string
  /** `0`, `1`, … in the reference's order; `missing` and `outside` are totals only and stand for no share. */
  readonly bin: string
  readonly value: number
}

/**
 * The counters of a fleet's `copse_feature_bin_total`, from counts that only grow such as `Window.lifetime`: every bin of the
 * first 64 features, and `missing` and `outside`. A number out of range is in a bin as well.
 */
export function featureBins(layout: Layout, cells: ArrayLike<number>): FeatureBin[] {
  return exported(layout).flatMap(({ name, start, bins }) =>
    Array.from({ length: bins + 2 }, (_, bin) => ({ feature: name, bin: label(bin, bins), value: cells[start + bin] })),
  )
}

/**
 * The values of `copse_feature_reference_ratio`: the reference's share of each bin, with half a row more in each, as PSI and
 * Jensen-Shannon are computed of.
 */
export function referenceRatios(layout: Layout): FeatureBin[] {
  return exported(layout).flatMap(({ name, bins, reference }) =>
    Array.from(smoothShares(reference.subarray(0, bins)), (value, bin) => ({
      feature: name,
      bin: label(bin, bins),
      value,
    })),
  )
}

/** PSI and Jensen-Shannon of every feature from summed counts: what the PromQL in docs/monitoring.md computes. */
export function featureDistances(layout: Layout, cells: ArrayLike<number>) {
  return exported(layout).map(({ name, start, bins, reference }) => {
    const counts = Array.from({ length: bins }, (_, bin) => cells[start + bin])
    const shares = [smoothShares(reference.subarray(0, bins)), smoothShares(counts)] as const
    return { feature: name, rows: sum(counts), psi: psi(...shares), jensenShannon: jensenShannon(...shares) }
  })
}

function exported({ series }: Layout): readonly Series[] {
  return series.filter(({ role }) => role === 'feature').slice(0, MOST_EXPORTED)
}

function label(bin: number, bins: number): string {
  return bin < bins ? String(bin) : bin === bins ? 'missing' : 'outside'
}
