import { CHECK_DEFAULTS, type Series, type SeriesDrift } from '@copse/monitoring'
import type { DriftAnswer, DriftSeries } from '../schemas/monitoring.ts'
import type { ModelFacts } from './facts.ts'
import type { Watched } from './watched.ts'

/** What `GET /monitoring/drift` answers of a model version: its last check. */
export function driftAnswer({ facts, layout, report, checked, settings }: Watched, intervalMs: number): DriftAnswer {
  const { possible, drift, leastRows, leastPsi, leastShare } = { ...CHECK_DEFAULTS, ...settings.check }
  return {
    model: shownModel(facts),
    state: report.state,
    enough: report.enough,
    rows: report.rows,
    minimum_rows: leastRows,
    reference_rows: facts.reference.rows,
    window_seconds: settings.windowMs / 1000,
    interval_seconds: intervalMs / 1000,
    checked_at: new Date(report.time).toISOString(),
    thresholds: { possible, drift, psi: leastPsi, share: leastShare },
    series: report.series.map((series, index) => shownSeries(series, layout.series[index]!, checked)),
  }
}

export function shownModel({ name, version, sha256 }: ModelFacts) {
  return { name, version, sha256 }
}

/** A feature, or the answer or signal of that name. */
export function kindOf({ role, name }: Pick<Series, 'role' | 'name'>): DriftSeries['kind'] {
  return role === 'feature' ? 'feature' : (name as DriftSeries['kind'])
}

function shownSeries(drift: SeriesDrift, series: Series, cells: Float64Array): DriftSeries {
  const number = series.type === 'number'
  const outside = { reference: 0, current: drift.outside }
  return {
    name: drift.name,
    kind: kindOf(series),
    type: series.type,
    state: drift.state,
    since: drift.since === null ? null : new Date(drift.since).toISOString(),
    evidence: drift.evidence,
    q: drift.qValue,
    p: drift.pValue,
    tests: drift.tests.map(({ test, statistic, pValue, material }) => ({ test, statistic, p: pValue, material })),
    psi: drift.psi,
    expected_psi: finite(drift.expectedPsi) ?? 0,
    jensen_shannon: drift.jensenShannon,
    rows: drift.rows,
    reference_rows: drift.referenceRows,
    missing: { reference: drift.referenceMissing, current: drift.missing },
    out_of_range: number ? outside : null,
    unseen: number ? null : outside,
    min: shortest(series.min),
    max: shortest(series.max),
    bins: shownBins(series, cells),
  }
}

function shownBins(series: Series, cells: Float64Array): DriftSeries['bins'] {
  const { type, start, bins, edges, levels } = series
  const reference = shares(series.reference.subarray(0, bins))
  const current = shares(cells.subarray(start, start + bins))
  return Array.from({ length: bins }, (_, bin) => {
    const from = type === 'number' ? (edges[bin - 1] ?? null) : null
    const to = type === 'number' ? (edges[bin] ?? null) : null
    const level = type === 'category' ? levels[bin]! : null
    const label = type === 'category' ? (level ?? 'all other levels') : rangeLabel(from, to)
    return { label, from, to, level, reference: reference[bin]!, current: current[bin]! }
  })
}

/** In as few digits as tell the edges of a reference apart: these were made short. */
function rangeLabel(from: number | null, to: number | null): string {
  if (from === null) return to === null ? 'all' : `<= ${to}`
  return to === null ? `> ${from}` : `${from} to ${to}`
}

function shares(counts: Float64Array): Float64Array {
  const sum = counts.reduce((total, count) => total + count, 0)
  return counts.map((count) => (sum > 0 ? count / sum : 0))
}

/** A float32 in the digits that it was written with. */
function shortest(value: number): number | null {
  const short = Number(value.toPrecision(7))
  return finite(Math.fround(short) === value ? short : value)
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
