import { join } from 'node:path'
import t from 'tap'
import { environmentOptions } from '../src/index.ts'

const uri = 'http://mlflow:5000'

t.test('nothing set, and set to nothing', async (t) => {
  const credentialsFile = join(t.testdir(), 'none')
  t.same(environmentOptions({}, { credentialsFile }), {})
  t.same(
    environmentOptions({ MLFLOW_TRACKING_URI: '', COPSE_HOME: '', MLFLOW_TRACKING_TOKEN: 'x' }, { credentialsFile }),
    {},
  )
})

t.test('each variable', async (t) => {
  const credentialsFile = join(t.testdir(), 'none')
  const read = (environment: Record<string, string>) =>
    environmentOptions({ MLFLOW_TRACKING_URI: uri, ...environment }, { credentialsFile })
  t.same(
    read({
      COPSE_HOME: 'h',
      MLFLOW_WORKSPACE: 'w',
      MLFLOW_HTTP_REQUEST_TIMEOUT: '7',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    }),
    {
      uri,
      home: 'h',
      workspace: 'w',
      timeoutMs: 7000,
      retries: 0,
    },
  )
  t.same(read({ MLFLOW_TRACKING_TOKEN: 't' }), { uri, auth: { token: 't' } })
  const basic = { MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p' }
  t.same(
    read({ ...basic, MLFLOW_TRACKING_TOKEN: 't' }),
    { uri, auth: { username: 'u', password: 'p' } },
    'the name wins',
  )
  t.throws(() => read({ MLFLOW_TRACKING_USERNAME: 'u' }), {
    code: 'TRACKING_ERR_OPTION',
    message: /must be set together/,
  })
  for (const value of ['x', '-1', '1.5', '0']) {
    t.throws(() => read({ MLFLOW_HTTP_REQUEST_TIMEOUT: value }), { code: 'TRACKING_ERR_OPTION' }, value)
  }
})

t.test('the credentials file, by the rules of configparser', async (t) => {
  const directory = t.testdir({
    plain: '# comment\n[mlflow]\nMLFLOW_TRACKING_USERNAME = ann\nmlflow_tracking_password: p;a#s=x:y\n',
    other: '[other]\nmlflow_tracking_username=eve\nmlflow_tracking_password=x\n',
  })
  const read = (name: string, environment = {}) =>
    environmentOptions({ MLFLOW_TRACKING_URI: uri, ...environment }, { credentialsFile: join(directory, name) }).auth
  t.same(read('plain'), { username: 'ann', password: 'p;a#s=x:y' })
  t.same(read('plain', { MLFLOW_TRACKING_USERNAME: 'bob' }), { username: 'bob', password: 'p;a#s=x:y' })
  t.equal(read('other'), undefined)
  t.throws(() => read('.'), { code: 'TRACKING_ERR_FILE' })
})

t.test('TLS', async (t) => {
  const directory = t.testdir({ ca: 'CA', client: 'CERT AND KEY' })
  const read = (environment: Record<string, string>) =>
    environmentOptions({ MLFLOW_TRACKING_URI: 'https://mlflow', ...environment }, { credentialsFile: 'none' }).tls
  t.equal(read({}), undefined)
  t.same(read({ MLFLOW_TRACKING_INSECURE_TLS: 'true' }), { insecure: true })
  t.equal(read({ MLFLOW_TRACKING_INSECURE_TLS: 'false' }), undefined)
  const paths = {
    MLFLOW_TRACKING_SERVER_CERT_PATH: join(directory, 'ca'),
    MLFLOW_TRACKING_CLIENT_CERT_PATH: join(directory, 'client'),
  }
  t.same(read(paths), { ca: 'CA', cert: 'CERT AND KEY' })
  t.throws(() => read({ ...paths, MLFLOW_TRACKING_INSECURE_TLS: '1' }), { code: 'TRACKING_ERR_OPTION' })
  t.throws(() => read({ MLFLOW_TRACKING_SERVER_CERT_PATH: join(directory, 'none') }), { code: 'TRACKING_ERR_FILE' })
})
