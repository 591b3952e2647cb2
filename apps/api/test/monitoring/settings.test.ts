import t from 'tap'
import { readSettings, type Settings } from '../../src/settings.ts'

function settings(env: Record<string, string>, argv: string[] = []): Settings {
  const read = readSettings(argv, env)
  if ('show' in read) throw new Error('expected settings')
  return read
}

t.test('predictions are not logged unless it is said where', async (t) => {
  t.equal(settings({}).predictionLog, undefined)
  t.equal(settings({ COPSE_PREDICTION_LOG: 'off', COPSE_PREDICTION_LOG_FEATURES: 'all' }).predictionLog, undefined)
  t.strictSame(settings({ COPSE_PREDICTION_LOG: 'stdout' }).predictionLog, {
    to: 'stdout',
    features: 'none',
    sample: 1,
    retainMs: Number.POSITIVE_INFINITY,
    retainBytes: Number.POSITIVE_INFINITY,
    segmentBytes: 64 * 2 ** 20,
    segmentMs: 3_600_000,
    sync: 1000,
    upload: undefined,
  })
})

t.test('each of its settings', async (t) => {
  const env = {
    COPSE_PREDICTION_LOG: '/var/log/copse',
    COPSE_PREDICTION_LOG_FEATURES: 'carat, cut',
    COPSE_PREDICTION_LOG_SAMPLE: '0.25',
    COPSE_PREDICTION_LOG_RETENTION: '30d',
    COPSE_PREDICTION_LOG_MAX_SIZE: '10GiB',
    COPSE_PREDICTION_LOG_SEGMENT_SIZE: '1MiB',
    COPSE_PREDICTION_LOG_SEGMENT_TIME: '5m',
    COPSE_PREDICTION_LOG_SYNC: 'close',
  }
  t.strictSame(settings(env).predictionLog, {
    to: { directory: '/var/log/copse' },
    features: ['carat', 'cut'],
    sample: 0.25,
    retainMs: 30 * 86_400_000,
    retainBytes: 10 * 2 ** 30,
    segmentBytes: 2 ** 20,
    segmentMs: 300_000,
    sync: 'close',
    upload: undefined,
  })
  t.equal(settings({ ...env, COPSE_PREDICTION_LOG_FEATURES: 'all' }).predictionLog!.features, 'all')
  t.equal(settings(env, ['--prediction-log-sync', '250ms']).predictionLog!.sync, 250)
})

t.test('windows and checks', async (t) => {
  const env = {
    COPSE_DRIFT_WINDOW: '2h',
    COPSE_DRIFT_INTERVAL: '5m',
    COPSE_DRIFT_MINIMUM: '500',
    COPSE_FEEDBACK_WINDOW: '7d',
  }
  t.match(settings(env), {
    driftWindowMs: 7_200_000,
    driftIntervalMs: 300_000,
    driftMinimum: 500,
    feedbackWindowMs: 7 * 86_400_000,
  })
  const least = { COPSE_DRIFT_WINDOW: '1ms', COPSE_DRIFT_INTERVAL: '1ms', COPSE_FEEDBACK_WINDOW: '1ms' }
  t.match(settings(least), { driftWindowMs: 1000, driftIntervalMs: 100, feedbackWindowMs: 1000 })
  t.equal(settings({ COPSE_DRIFT_INTERVAL: '900d' }).driftIntervalMs, 2 ** 31 - 1, 'as much as a timer holds')
})

t.test('an ill-typed one is one sentence that names variable and flag', async (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [
      { COPSE_PREDICTION_LOG_FEATURES: ',' },
      /^COPSE_PREDICTION_LOG_FEATURES \(--prediction-log-features\) must be none, all, or names/,
    ],
    [
      { COPSE_PREDICTION_LOG_SAMPLE: '1.5' },
      /^COPSE_PREDICTION_LOG_SAMPLE \(.+\) must be a share of the predictions from 0 to 1\.$/,
    ],
    [
      { COPSE_PREDICTION_LOG_RETENTION: '30' },
      /^COPSE_PREDICTION_LOG_RETENTION \(.+\) must be a number with ms, s, m, h or d, such as 30d/,
    ],
    [{ COPSE_PREDICTION_LOG_MAX_SIZE: '10GB' }, /^COPSE_PREDICTION_LOG_MAX_SIZE \(.+\) must be a number with KiB/],
    [{ COPSE_PREDICTION_LOG_SEGMENT_SIZE: '0' }, /^COPSE_PREDICTION_LOG_SEGMENT_SIZE \(.+\) must be a number with KiB/],
    [{ COPSE_PREDICTION_LOG_SYNC: 'always' }, /^COPSE_PREDICTION_LOG_SYNC \(.+\) must be never, close, or a number/],
    [{ COPSE_PREDICTION_LOG_SYNC: '0' }, /^COPSE_PREDICTION_LOG_SYNC/],
    [
      { COPSE_DRIFT_INTERVAL: '0' },
      /^COPSE_DRIFT_INTERVAL \(--drift-interval\) must be a number with ms, s, m, h or d, such as 1m\.$/,
    ],
    [{ COPSE_DRIFT_MINIMUM: '0' }, /^COPSE_DRIFT_MINIMUM \(--drift-minimum\) must be a whole number of rows from 1/],
  ]
  for (const [env, sentence] of cases) {
    t.throws(() => settings(env), { code: 'API_ERR_SETTING', message: sentence }, JSON.stringify(env))
  }
})
