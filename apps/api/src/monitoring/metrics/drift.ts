import { type FeatureBin, featureBins, MOST_EXPORTED, referenceRatios, type SeriesDrift } from '@copse/monitoring'
import { kindOf } from '../drift-answer.ts'
import type { Watched } from '../watched.ts'
import { type MonitorMetric, ofServed, type Sample } from './metric.ts'

const STATES = { none: 0, possible: 1, drift: 2 } as const

/** What the last check of each window found, and the counts from which a fleet's drift is computed. */
export const DRIFT_METRICS: readonly MonitorMetric[] = [
  ofSeries('copse_drift_state', 'Drift by series: 0 none, 1 possible, 2 drift', ({ state }) => STATES[state]),
  ofSeries('copse_drift_q_value', 'p-value of the last check, adjusted for the number of series', (of) => of.qValue),
  ofSeries('copse_drift_psi', 'Population stability index of the window at the last check', (of) => of.psi),
  ofSeries(
    'copse_drift_jensen_shannon',
    'Jensen-Shannon divergence in bits at the last check',
    (of) => of.jensenShannon,
  ),
  ofSeries('copse_drift_missing_ratio', 'Share of rows without a value at the last check', (of) => of.missing),
  ofSeries(
    'copse_drift_outside_ratio',
    'Share of values out of the training range, or of levels that training did not see',
    (of) => of.outside,
  ),
  ofCheck('copse_drift_rows', 'Rows in the window at the last check', (of) => of.report.rows),
  ofCheck('copse_drift_check_timestamp_seconds', 'When the window was last checked', (of) => of.report.time / 1000),
  ofServed({
    type: 'gauge',
    name: 'copse_drift_reference_rows',
    help: 'Rows that a window is compared with',
    labels: ['kind'],
    *samples({ facts: { reference } }) {
      yield [{ kind: 'feature' }, reference.rows]
      if (reference.predictions) yield [{ kind: 'prediction' }, reference.predictions.rows]
    },
  }),
  ofServed({
    type: 'counter',
    name: 'copse_feature_bin_total',
    help: 'Rows by bin of each of the first 64 features; missing and outside stand beside the bins',
    labels: ['feature', 'bin'],
    samples: (watched) => bins(featureBins(watched.layout, watched.lifetime())),
  }),
  ofServed({
    type: 'gauge',
    name: 'copse_feature_reference_ratio',
    help: 'Share of each bin in training',
    labels: ['feature', 'bin'],
    samples: ({ layout }) => bins(referenceRatios(layout)),
  }),
]

function ofSeries(name: string, help: string, value: (series: SeriesDrift) => number): MonitorMetric {
  return ofServed({
    type: 'gauge',
    name,
    help,
    labels: ['feature', 'kind'],
    samples: (watched) => exported(watched).map((of) => [{ feature: of.name, kind: kindOf(of) }, value(of)]),
  })
}

function ofCheck(name: string, help: string, value: (watched: Watched) => number): MonitorMetric {
  return ofServed({ type: 'gauge', name, help, samples: (watched) => [[{}, value(watched)]] })
}

/** Series of the first features, of the answers and of the signals. */
function exported({ report }: Watched): readonly SeriesDrift[] {
  let features = 0
  return report.series.filter(({ role }) => role !== 'feature' || features++ < MOST_EXPORTED)
}

function bins(of: readonly FeatureBin[]): Sample[] {
  return of.map(({ feature, bin, value }) => [{ feature, bin }, value])
}
