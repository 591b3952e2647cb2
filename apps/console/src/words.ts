import { formatNumber, formatShare } from '@copse/charts'
import type { Drift, DriftLevel, DriftSeries } from './monitoring.ts'

/** What each state is called. */
export const STATES: Readonly<Record<DriftLevel, string>> = {
  none: 'No drift',
  possible: 'Possible drift',
  drift: 'Drift',
}

const KINDS: Readonly<Record<string, string>> = {
  prediction: 'The answers',
  confidence: 'Confidence',
  disagreement: 'Disagreement of the trees',
  rare_leaves: 'Rows in rarely seen leaves',
}

/** What a series is called: a feature by its name, the rest by what it is. */
export function nameOf({ kind, name }: Pick<DriftSeries, 'kind' | 'name'>): string {
  return kind === 'feature' ? name : (KINDS[kind] ?? name)
}

/** The whole in one sentence. */
export function driftSummary({ state, enough, rows, minimum_rows: least, window_seconds, series }: Drift): string {
  const window = `in the last ${span(window_seconds)}`
  if (!enough) {
    return `${count(rows, 'row')} ${window}: from ${formatNumber(least)} on, live traffic is compared with training.`
  }
  const moved = series.filter((one) => one.state !== 'none')
  if (state === 'none') return `${count(rows, 'row')} ${window} look like training.`
  const names = moved.slice(0, 3).map(nameOf)
  const more = moved.length > 3 ? ` and ${moved.length - 3} more` : ''
  return `${count(rows, 'row')} ${window}: ${STATES[state].toLowerCase()} in ${names.join(', ')}${more}.`
}

/** What is known of one series, in a sentence. */
export function seriesSentence(series: DriftSeries): string {
  const { kind, state, evidence, psi, expected_psi: chance, q, missing, out_of_range: outside, unseen } = series
  const parts: string[] = []
  if (evidence === 'none') parts.push('No more than chance would give')
  else parts.push(`${evidence === 'drift' ? 'Differs' : 'May differ'} from training (${chanceOf(q)})`)
  parts.push(`PSI ${formatNumber(psi)}, where chance alone gives ${formatNumber(chance)}`)
  if (Math.abs(missing.current - missing.reference) >= 0.005) {
    parts.push(`${formatShare(missing.current)} missing, ${formatShare(missing.reference)} in training`)
  }
  if (kind === 'feature' && outside && outside.current > 0)
    parts.push(`${formatShare(outside.current)} outside of the range of training`)
  if (unseen && unseen.current > 0) parts.push(`${formatShare(unseen.current)} in levels unknown to training`)
  if (state !== evidence) parts.push(`one check: the state follows when the next agree`)
  return `${parts.join('; ')}.`
}

/** A probability that is adjusted for the number of series. */
function chanceOf(q: number): string {
  return q < 0.001 ? 'q < 0.001' : `q = ${formatNumber(q)}`
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]

/** Seconds in their largest unit: "1 hour", "5 minutes", "90 minutes", "300 ms". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'n/a'
  if (seconds < 1) return `${formatNumber(seconds * 1000)} ms`
  const [unit, name] = UNITS.find(
    ([size]) => Number.isInteger(seconds / size) && seconds >= size && seconds < 120 * size,
  ) ??
    UNITS.find(([size]) => seconds >= 2 * size) ?? [1, 'second']
  return count(Number.isInteger(seconds / unit) ? seconds / unit : Math.round(seconds / unit), name)
}

/** The same after "the last" or "every": "hour", "5 minutes". */
export function span(seconds: number): string {
  return duration(seconds).replace(/^1 /, '')
}

export function count(value: number, noun: string): string {
  return `${formatNumber(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** The metrics that the trainer measures, as people call them. */
const METRICS: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  log_loss: 'Log loss',
  f1_macro: 'Macro F1',
  roc_auc: 'ROC AUC',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
}

export function metricName(name: string): string {
  return METRICS[name] ?? name
}

/** A share is a percentage, everything else a number. */
export function metricText(name: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return 'n/a'
  return name === 'accuracy' ? formatShare(value) : formatNumber(value)
}
