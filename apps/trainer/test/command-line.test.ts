import { CommanderError } from 'commander'
import t from 'tap'
import { type Environment, readSettings } from '../src/command-line.ts'
import type { Settings } from '../src/settings.ts'

interface Outcome {
  settings?: Settings
  exitCode?: number
  out: string
  err: string
}

function read(args: string[], environment: Environment = {}): Outcome {
  const outcome: Outcome = { out: '', err: '' }
  try {
    outcome.settings = readSettings(args, environment, {
      out: (text) => {
        outcome.out += text
      },
      err: (text) => {
        outcome.err += text
      },
    })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    outcome.exitCode = error.exitCode
  }
  return outcome
}

t.test('every flag lands in the settings', async (t) => {
  const args = ['--data', 'a.csv', '--target', 'y', '--task', 'regression', '--ignore', 'id', 'when', '--trees', '7']
  const more = [
    '--type',
    'zip=category',
    'a=b=number',
    '--seed=3',
    '--threads=2',
    '--promote=never',
    '--onnx=never',
    '--new-signature',
    '--unless-champion',
  ]
  const names = ['--experiment', 'e', '--model-name', 'm', '--home', 'store']
  t.strictSame(read([...args, ...more, ...names]).settings, {
    data: 'a.csv',
    target: 'y',
    task: 'regression',
    ignore: ['id', 'when'],
    types: { zip: 'category', 'a=b': 'number' },
    experiment: 'e',
    modelName: 'm',
    seed: 3,
    trees: 7,
    threads: 2,
    promote: 'never',
    onnx: 'never',
    newSignature: true,
    unlessChampion: true,
    home: 'store',
    trackingUri: undefined,
    server: {},
  })
})

t.test('a leading -- is eaten', async (t) => {
  t.equal(read(['--', '--trees', '7']).settings?.trees, 7)
})

t.test('variables are twins of flags, and flags win', async (t) => {
  const environment = { COPSE_HOME: 'elsewhere', COPSE_THREADS: '3', MLFLOW_TRACKING_URI: 'http://host:5000' }
  t.match(read([], environment).settings, { home: 'elsewhere', threads: 3, trackingUri: 'http://host:5000' })
  t.match(read(['--home', 'here', '--threads', '1'], environment).settings, { home: 'here', threads: 1 })
  t.match(read([], { COPSE_HOME: '', COPSE_THREADS: '' }).settings, { home: '.copse' }, 'an empty variable is not set')
})

t.test('credentials are MLflow’s own', async (t) => {
  const uri = { MLFLOW_TRACKING_URI: 'https://host' }
  const user = { ...uri, MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 's;#' }
  const auth = { username: 'ann', password: 's;#' }
  t.strictSame(read([], user).settings?.server, { auth })
  t.strictSame(read([], { ...uri, MLFLOW_TRACKING_TOKEN: 'x' }).settings?.server, { auth: { token: 'x' } })
  t.strictSame(read([], { ...user, MLFLOW_TRACKING_TOKEN: 'x' }).settings?.server, { auth })
  t.match(read([], { ...uri, MLFLOW_TRACKING_USERNAME: 'ann' }).err, /must be set together/)
})

t.test('so are the other variables of its client, and a wrong one is wrong usage', async (t) => {
  const uri = { MLFLOW_TRACKING_URI: 'https://host' }
  const given = {
    ...uri,
    MLFLOW_WORKSPACE: 'team',
    MLFLOW_HTTP_REQUEST_TIMEOUT: '7',
    MLFLOW_TRACKING_INSECURE_TLS: '1',
  }
  t.strictSame(read([], given).settings?.server, { tls: { insecure: true }, workspace: 'team', timeoutMs: 7000 })
  t.match(read([], { ...uri, MLFLOW_HTTP_REQUEST_TIMEOUT: 'soon' }), {
    err: /MLFLOW_HTTP_REQUEST_TIMEOUT/,
    exitCode: 1,
  })
  t.match(read([], { ...uri, MLFLOW_TRACKING_SERVER_CERT_PATH: '/none/ca.pem' }), { err: /ca\.pem/, exitCode: 1 })
})

t.test('what Kubernetes injects for a service named copse is ignored', async (t) => {
  const injected = {
    COPSE_PORT: 'tcp://10.0.0.7:3000',
    COPSE_PORT_3000_TCP: 'tcp://10.0.0.7:3000',
    COPSE_PORT_3000_TCP_ADDR: '10.0.0.7',
    COPSE_SERVICE_HOST: '10.0.0.7',
    COPSE_SERVICE_PORT: '3000',
  }
  t.strictSame(read([], injected).settings, read([]).settings)
})

t.test('help goes to standard output and fits 80 columns', async (t) => {
  const { exitCode, out, err } = read(['--help'])
  t.equal(exitCode, 0)
  t.equal(err, '')
  for (const line of out.split('\n')) t.ok(line.length <= 80, line)
  for (const flag of ['data', 'target', 'task', 'ignore', 'type', 'experiment', 'model-name', 'seed', 'trees']) {
    t.match(out, `--${flag} `)
  }
  for (const text of [
    '--threads',
    '--promote',
    '--onnx',
    '--new-signature',
    '--unless-champion',
    '--home',
    'COPSE_HOME',
    'COPSE_THREADS',
    'Examples:',
  ]) {
    t.match(out, text)
  }
  t.match(out, 'MLFLOW_TRACKING_URI')
})

t.test('wrong usage is told in words', async (t) => {
  const wrong = (args: string[], message: RegExp, environment?: Environment) => {
    const { settings, exitCode, out, err } = read(args, environment)
    t.equal(settings, undefined)
    t.equal(exitCode, 1)
    t.equal(out, '')
    t.match(err, message)
    t.match(err, /Try --help\./)
  }
  wrong(['--tres', '5'], /unknown option '--tres'\s+\(Did you mean --trees\?\)/)
  wrong(['--trees', 'many'], /whole number from 1 to 10,?000/)
  for (const trees of ['0', '-5', '1.5', '1e3', '10001', '0x10', '']) wrong([`--trees=${trees}`], /--trees/)
  wrong(['--seed', '4294967296'], /--seed/)
  wrong(['--task', 'clustering'], /classification, regression/)
  wrong(['--promote', 'sometimes'], /if-better, always, never/)
  wrong(['--onnx', 'sometimes'], /auto, always, never/)
  wrong(['--type', 'zip'], /COLUMN=number or COLUMN=category, not "zip"/)
  wrong(['--type', 'zip=text'], /not "zip=text"/)
  wrong(['churn.csv'], /too many arguments/)
  wrong(['--data', 'churn.csv'], /--data needs --target/)
  wrong(['--model-name', 'a/b'], /--model-name must not contain/)
  wrong([], /COPSE_THREADS must be a whole number from 0 to 256, not "all"/, { COPSE_THREADS: 'all' })
})

t.test('a column may be called like a key of Object.prototype', async (t) => {
  const { settings } = read(['--data', 'a.csv', '--target', 'y', '--type', '__proto__=number'])
  t.strictSame(Object.keys(settings?.types ?? {}), ['__proto__'])
})
