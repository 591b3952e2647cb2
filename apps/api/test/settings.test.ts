import t from 'tap'
import { readSettings, type Settings } from '../src/settings.ts'

function settings(argv: string[], env: Record<string, string> = {}): Settings {
  const read = readSettings(argv, env)
  if ('show' in read) throw new Error('expected settings')
  return read
}

/** By default; `monitoring/settings.test.ts` has the others. */
const MONITORING = {
  predictionLog: undefined,
  segments: [],
  driftWebhook: undefined,
  driftWindowMs: 3_600_000,
  driftIntervalMs: 60_000,
  feedbackWindowMs: 86_400_000,
  driftMinimum: 50,
}

t.test('the defaults', async (t) => {
  t.strictSame(settings([]), {
    host: '127.0.0.1',
    port: 3000,
    metricsPort: undefined,
    home: '.copse',
    models: ['models:/iris@champion'],
    pollIntervalMs: 10_000,
    drainDelayMs: 0,
    logLevel: 'warn',
    processes: 1,
    apiKeysFile: undefined,
    rateLimit: 0,
    maxConcurrency: 256,
    maxDelayMs: 1000,
    deadlineMs: 10_000,
    ...MONITORING,
    console: undefined,
    tracking: { home: '.copse' },
  })
})

t.test('the environment', async (t) => {
  t.strictSame(
    settings([], {
      COPSE_HOST: '0.0.0.0',
      COPSE_PORT: '8080',
      COPSE_METRICS_PORT: '9100',
      COPSE_HOME: '/data',
      COPSE_MODEL: 'models:/churn/3',
      COPSE_POLL_INTERVAL: '1.5m',
      COPSE_DRAIN_DELAY: '5s',
      COPSE_LOG_LEVEL: 'info',
      COPSE_PROCESSES: '4',
      COPSE_API_KEYS_FILE: '/keys',
      COPSE_RATE_LIMIT: '0.5',
      COPSE_MAX_CONCURRENCY: '10',
      COPSE_MAX_DELAY: '0',
      COPSE_DEADLINE: '2s',
      COPSE_CONSOLE: '/srv/page',
      MLFLOW_TRACKING_URI: 'http://mlflow:5000',
      MLFLOW_TRACKING_USERNAME: 'ann',
      MLFLOW_TRACKING_PASSWORD: 'secret',
    }),
    {
      host: '0.0.0.0',
      port: 8080,
      metricsPort: 9100,
      home: '/data',
      models: ['models:/churn/3'],
      pollIntervalMs: 90_000,
      drainDelayMs: 5000,
      logLevel: 'info',
      processes: 4,
      apiKeysFile: '/keys',
      rateLimit: 0.5,
      maxConcurrency: 10,
      maxDelayMs: 0,
      deadlineMs: 2000,
      ...MONITORING,
      console: '/srv/page',
      tracking: { uri: 'http://mlflow:5000', home: '/data', auth: { username: 'ann', password: 'secret' } },
    },
  )
  t.strictSame(settings([], { MLFLOW_TRACKING_URI: 'http://m', MLFLOW_TRACKING_TOKEN: 'token' }).tracking.auth, {
    token: 'token',
  })
})

t.test('flags win over the environment', async (t) => {
  t.equal(settings(['--port', '1'], { COPSE_PORT: '2' }).port, 1)
  t.equal(settings(['--port=1'], { COPSE_PORT: '2' }).port, 1)
  t.equal(settings(['--', '--drain-delay', '3s']).drainDelayMs, 3000, 'a package manager hands on its --')
  t.strictSame(settings(['--model', 'file:./b, models:/c@d']).models, ['file:./b', 'models:/c@d'])
  t.equal(settings(['--tracking-uri', 'http://m:5000']).tracking.uri, 'http://m:5000')
})

t.test('an empty variable counts as unset', async (t) => {
  t.equal(settings([], { COPSE_PORT: '', COPSE_API_KEYS_FILE: '', MLFLOW_TRACKING_URI: '' }).port, 3000)
})

t.test('what Kubernetes injects for a Service named copse is ignored', async (t) => {
  t.equal(
    settings([], {
      COPSE_SERVICE_HOST: '10.0.0.1',
      COPSE_SERVICE_PORT: '80',
      COPSE_PORT_80_TCP: 'tcp://10.0.0.1:80',
      COPSE_PORT_80_TCP_PORT: '80',
    }).port,
    3000,
  )
})

t.test('COPSE_PORT=tcp://… is refused with the cure', async (t) => {
  t.throws(() => settings([], { COPSE_PORT: 'tcp://10.0.0.1:80' }), {
    code: 'API_ERR_SETTING',
    message:
      /^COPSE_PORT \(--port\) must be a whole number from 0 to 65535; .* enableServiceLinks: false in the pod\.$/,
  })
})

t.test('an ill-typed setting is one sentence that names variable and flag', async (t) => {
  const refused: [Record<string, string>, RegExp][] = [
    [{ COPSE_PORT: '70000' }, /^COPSE_PORT \(--port\) must be a whole number from 0 to 65535\.$/],
    [{ COPSE_PORT: '1.5' }, /^COPSE_PORT \(--port\)/],
    [{ COPSE_PORT: 'http' }, /^COPSE_PORT \(--port\)/],
    [{ COPSE_METRICS_PORT: '-1' }, /^COPSE_METRICS_PORT \(--metrics-port\)/],
    [
      { COPSE_DRAIN_DELAY: '5' },
      /^COPSE_DRAIN_DELAY \(--drain-delay\) must be a number with ms, s, m, h or d, such as 5s\.$/,
    ],
    [{ COPSE_LOG_LEVEL: 'loud' }, /^COPSE_LOG_LEVEL \(--log-level\) must be one of trace, debug,/],
    [
      { COPSE_MODEL: 'models:/a@b,,models:/c@d' },
      /^COPSE_MODEL \(--model\) must be models with commas between, such as .*\.$/,
    ],
    [{ COPSE_PROCESSES: '0' }, /^COPSE_PROCESSES \(--processes\) must be a whole number from 1 to 256\.$/],
    [{ COPSE_RATE_LIMIT: '-1' }, /^COPSE_RATE_LIMIT \(--rate-limit\) must be a number of requests a second /],
    [{ COPSE_MAX_CONCURRENCY: '0' }, /^COPSE_MAX_CONCURRENCY /],
    [{ COPSE_MAX_DELAY: '5' }, /^COPSE_MAX_DELAY /],
    [
      { COPSE_DEADLINE: 'never' },
      /^COPSE_DEADLINE \(--deadline\) must be a number with ms, s, m, h or d, such as 10s, or 0/,
    ],
    [{ MLFLOW_HTTP_REQUEST_TIMEOUT: 'x' }, /^MLFLOW_HTTP_REQUEST_TIMEOUT must be a whole number .*\.$/],
    [{ MLFLOW_TRACKING_URI: 'http://m', MLFLOW_TRACKING_USERNAME: 'ann' }, /must be set together\.$/],
    [{ COPSE_HOST: 'http://x' }, /^COPSE_HOST \(--host\) must be a host name or an address\.$/],
    [
      { MLFLOW_TRACKING_URI: 'sqlite:///x' },
      /^MLFLOW_TRACKING_URI \(--tracking-uri\) must be the address of an MLflow server/,
    ],
  ]
  for (const [env, message] of refused) t.throws(() => settings([], env), { code: 'API_ERR_SETTING', message })
})

t.test('the metrics port may be the port', async (t) => {
  t.equal(settings(['--port', '80', '--metrics-port', '80']).metricsPort, undefined)
  t.equal(settings(['--port', '0', '--metrics-port', '0']).metricsPort, 0, 'two free ports are two')
})

t.test('a .env file comes after flags and environment', async (t) => {
  const dotenv = '# a comment\nCOPSE_PORT=1\nCOPSE_HOST="0.0.0.0"\nexport COPSE_HOME=h\nOTHER=1\nCOPSE_LOG_LEVEL=\n'
  const read = readSettings(['--host', '::1'], { COPSE_PORT: '2' }, dotenv)
  t.match(read, { host: '::1', port: 2, home: 'h', logLevel: 'warn' })
  t.throws(() => readSettings([], {}, 'COPSE_PORT=x'), { message: /^COPSE_PORT \(--port\) must be/ })
  t.throws(() => readSettings([], {}, 'COPSE_PROT=1'), { message: /^There is no setting COPSE_PROT/ })
})

t.test('an unknown COPSE_ name stops the start and names the nearest', async (t) => {
  t.throws(() => settings([], { COPSE_PROT: '1' }), {
    code: 'API_ERR_SETTING',
    message: 'There is no setting COPSE_PROT; the nearest name is COPSE_PORT.',
  })
  t.throws(() => settings([], { COPSE_LOGLEVEL: 'info' }), { message: /nearest name is COPSE_LOG_LEVEL\.$/ })
  t.equal(settings([], { COPSE_THREADS: '4', COPSE_PROT: '', OTHER: 'x' }).port, 3000, 'other programs have theirs')
})

t.test('--print-config shows the settings as they are read, which it checks', async (t) => {
  const read = readSettings(['--print-config', '--port', '1'], { COPSE_HOST: '::1' })
  if (!('show' in read)) throw new Error('expected a text')
  t.match(read.show, /^COPSE_HOST=::1\nCOPSE_PORT=1\n/)
  t.throws(() => settings(['--print-config', '--port', 'x']), { message: /^COPSE_PORT/ })
})
