import t from 'tap'
import type { Drift, DriftSeries } from '../src/monitoring.ts'
import { driftSummary, duration, metricName, metricText, nameOf, seriesSentence, span } from '../src/words.ts'

const SERIES: DriftSeries = {
  name: 'carat',
  kind: 'feature',
  type: 'number',
  state: 'drift',
  since: null,
  evidence: 'drift',
  q: 1e-9,
  psi: 1.5,
  expected_psi: 0.09,
  rows: 600,
  reference_rows: 120,
  missing: { reference: 0.02, current: 0.25 },
  out_of_range: { reference: 0, current: 0.1 },
  unseen: null,
  bins: [],
}

const DRIFT: Drift = {
  state: 'drift',
  enough: true,
  rows: 600,
  minimum_rows: 50,
  reference_rows: 120,
  window_seconds: 3600,
  interval_seconds: 60,
  checked_at: '2026-01-02T03:04:05Z',
  series: [SERIES, { ...SERIES, name: 'prediction', kind: 'prediction', state: 'none' }],
}

t.test('the whole in a sentence', async (t) => {
  t.equal(driftSummary(DRIFT), '600 rows in the last hour: drift in carat.')
  t.equal(driftSummary({ ...DRIFT, state: 'none' }), '600 rows in the last hour look like training.')
  t.equal(
    driftSummary({ ...DRIFT, enough: false, rows: 1 }),
    '1 row in the last hour: from 50 on, live traffic is compared with training.',
  )
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...SERIES, name }))
  t.equal(driftSummary({ ...DRIFT, series: many }), '600 rows in the last hour: drift in a, b, c and 2 more.')
})

t.test('a series in a sentence', async (t) => {
  t.equal(
    seriesSentence(SERIES),
    'Differs from training (q < 0.001); PSI 1.5, where chance alone gives 0.09; 25% missing, 2% in training; 10% outside of the range of training.',
  )
  t.match(seriesSentence({ ...SERIES, evidence: 'none' }), /^No more than chance would give; .*the state follows/)
  t.match(seriesSentence({ ...SERIES, unseen: { reference: 0, current: 0.5 } }), /50% in levels unknown to training/)
})

t.test('what is watched has a name for people', async (t) => {
  t.equal(nameOf(SERIES), 'carat')
  t.equal(nameOf({ kind: 'prediction', name: 'prediction' }), 'The answers')
})

t.test('times in their own unit', async (t) => {
  t.equal(duration(0.0674), '67.4 ms')
  t.equal(duration(1), '1 second')
  t.equal(duration(90), '90 seconds')
  t.equal(duration(300), '5 minutes')
  t.equal(duration(5000), '83 minutes')
  t.equal(duration(86_400), '1 day')
  t.equal(duration(Number.NaN), 'n/a')
  t.equal(span(3600), 'hour')
  t.equal(span(300), '5 minutes')
})

t.test('scores', async (t) => {
  t.equal(metricName('roc_auc'), 'ROC AUC')
  t.equal(metricName('other'), 'other')
  t.equal(metricText('accuracy', 0.9667), '96.7%')
  t.equal(metricText('rmse', 0.9667), '0.967')
  t.equal(metricText('rmse', null), 'n/a')
})
