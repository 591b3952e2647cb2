import type { Evaluation, Example, KnownModel, ModelInfo } from '../src/answers.ts'
import type { Drift, DriftSeries, Live, Performance } from '../src/monitoring.ts'

/** What a service of two models answers: classes of a number and a category, and numbers. */

export const FLOWERS: ModelInfo = {
  name: 'flowers',
  version: '3',
  aliases: ['champion'],
  reference: 'models:/flowers@champion',
  stale: false,
  sha256: 'ab'.repeat(32),
  run_id: 'run-1',
  created_at: '2026-01-02T03:04:05.000Z',
  loaded_at: '2026-01-03T03:04:05.000Z',
  signature: {
    features: [
      { name: 'length', type: 'number', missing: false, min: 1, max: 7 },
      { name: 'soil', type: 'category', missing: true, levels: ['clay', 'sand'] },
    ],
    target: { name: 'species', type: 'class', classes: ['setosa', 'virginica'] },
  },
  parameters: { nEstimators: 100, maxDepth: null, criterion: 'gini' },
  trees: 100,
  nodes: 1234,
  training: {
    rows: 150,
    score: 0.95,
    oobErrorByTrees: [0.2, 0.1, null, 0.05],
    importances: [0.2, 0.8],
    warnings: ['One column is <constant>.'],
  },
  tags: {},
  last_reload: { result: 'swapped', at: '2026-01-03T03:04:05.000Z' },
}

export const PRICES: ModelInfo = {
  ...FLOWERS,
  name: 'prices',
  version: '1',
  reference: 'models:/prices@champion',
  signature: {
    features: [
      { name: 'carat', type: 'number', missing: true, min: 0.2, max: 5 },
      { name: 'cut', type: 'category', missing: false, levels: ['Fair', 'Good'] },
    ],
    target: { name: 'price', type: 'number' },
  },
}

export const MODELS: readonly KnownModel[] = [FLOWERS, PRICES].map(({ name, version, reference }) => ({
  name,
  version,
  reference,
  state: 'ready',
  reason: '',
}))

export const EXAMPLES: readonly Example[] = [
  { features: [1.5, 'sand'], answer: 'setosa', confidence: 0.98 },
  { features: [6, null], answer: 'virginica', confidence: 0.9 },
]

export const EVALUATION: Evaluation = {
  held_out: { rows: 30, metrics: { accuracy: 0.9, log_loss: 0.25 } },
  cross_validation: { folds: 5, rows: 120, metrics: { accuracy: 0.92, log_loss: 0.2 }, std: { accuracy: 0.01 } },
  confusion: [
    [14, 1],
    [2, 13],
  ],
}

export const QUIET: DriftSeries = {
  name: 'length',
  kind: 'feature',
  type: 'number',
  state: 'none',
  since: null,
  evidence: 'none',
  q: 0.6,
  psi: 0.02,
  expected_psi: 0.03,
  rows: 300,
  reference_rows: 150,
  missing: { reference: 0, current: 0 },
  out_of_range: { reference: 0, current: 0 },
  unseen: null,
  bins: [
    { label: '<= 4', from: null, to: 4, reference: 0.5, current: 0.52 },
    { label: '> 4', from: 4, to: null, reference: 0.5, current: 0.48 },
  ],
}

const MOVED: DriftSeries = {
  ...QUIET,
  name: 'soil',
  type: 'category',
  state: 'drift',
  since: '2026-01-03T04:04:05.000Z',
  evidence: 'drift',
  q: 1e-9,
  psi: 0.8,
  missing: { reference: 0.1, current: 0.4 },
  out_of_range: null,
  unseen: { reference: 0, current: 0.2 },
  bins: [
    { label: 'clay', from: null, to: null, reference: 0.5, current: 0.9 },
    { label: 'sand', from: null, to: null, reference: 0.5, current: 0.1 },
  ],
}

export const DRIFT: Drift = {
  state: 'drift',
  enough: true,
  rows: 300,
  minimum_rows: 50,
  reference_rows: 150,
  window_seconds: 3600,
  interval_seconds: 60,
  checked_at: '2026-01-03T05:04:05.000Z',
  series: [QUIET, MOVED],
}

const POINT = { log_loss: null, rmse: null, mae: null }

export const PERFORMANCE: Performance = {
  type: 'class',
  window_seconds: 86_400,
  sub_window_seconds: 3600,
  answered: 300,
  labelled: 150,
  unmatched: 2,
  results: { matched: 150, repeated: 1, conflict: 0, late: 0, unmatched: 2, invalid: 0 },
  accuracy: 0.9,
  log_loss: 0.3,
  ece: 0.04,
  recall: [
    { class: 'setosa', labels: 100, recall: 0.95 },
    { class: 'virginica', labels: 0, recall: null },
  ],
  rmse: null,
  mae: null,
  bias: null,
  r2: null,
  coverage: null,
  estimate: { accuracy: 0.93, error: 0.03 },
  lag: { mean_seconds: 90 },
  history: [
    {
      ...POINT,
      from: '2026-01-03T03:00:00.000Z',
      answered: 100,
      labelled: 0,
      accuracy: null,
      estimated_accuracy: 0.92,
    },
    {
      ...POINT,
      from: '2026-01-03T04:00:00.000Z',
      answered: 200,
      labelled: 150,
      accuracy: 0.9,
      estimated_accuracy: 0.93,
    },
  ],
}

const NOW = Date.UTC(2026, 0, 3, 5)

export const LIVE: Live = {
  processes: 2,
  step_seconds: 5,
  now: livePoint(NOW, 10),
  series: Array.from({ length: 12 }, (_, index) => livePoint(NOW - (12 - index) * 5000, index)),
}

function livePoint(time: number, rate: number): Live['now'] {
  const seconds = rate > 0 ? 0.002 : null
  return {
    time: new Date(time).toISOString(),
    requests_per_second: rate,
    errors_per_second: 0,
    predictions_per_second: 3 * rate,
    latency_seconds: { p50: seconds, p95: seconds, p99: seconds },
  }
}
