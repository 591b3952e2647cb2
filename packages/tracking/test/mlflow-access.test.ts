import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import {
  type Environment,
  environmentOptions,
  MlflowClient,
  openTracking,
  resolveModel,
  type SyncOptions,
  sync,
} from '../src/index.ts'
import { bundleFiles } from './bundle-files.ts'
import { hasOpenssl, makeCertificates } from './mlflow/certificates.ts'
import { freePort } from './mlflow/process.ts'
import { MlflowServer } from './mlflow/server.ts'

const python = process.env.MLFLOW_PYTHON
const version = process.env.MLFLOW_TEST_VERSION ?? ''
const skip =
  (python === undefined &&
    'MLFLOW_PYTHON is not set: TLS, names and workspaces were not tried on a real MLflow (pnpm test:mlflow does)') ||
  (!hasOpenssl && 'there is no openssl to make certificates') ||
  (version.startsWith('2.') && `MLflow ${version} has no workspaces`)

const WORKSPACE = 'team-a'
const ADMIN = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: 'first-password' }

t.test('a real MLflow that asks who is there', { skip }, async (t) => {
  const directory = t.testdir({ bundle: bundleFiles('access') })
  const { authority, server: own, client } = await makeCertificates(directory)
  const certificates = { ca: await readFile(authority, 'utf8'), cert: await readFile(client.cert, 'utf8') }
  const tls = [
    '--ssl-keyfile',
    own.key,
    '--ssl-certfile',
    own.cert,
    '--ssl-ca-certs',
    authority,
    '--ssl-cert-reqs',
    '2',
  ]
  const server = new MlflowServer(dirname(dirname(python!)), directory, await freePort(), {
    options: ['--app-name', 'basic-auth', '--enable-workspaces', '--uvicorn-opts', tls.join(' ')],
    environment: {
      MLFLOW_FLASK_SERVER_SECRET_KEY: 'not so secret',
      MLFLOW_AUTH_ADMIN_PASSWORD: ADMIN.MLFLOW_TRACKING_PASSWORD,
    },
    tls: certificates,
  })
  await server.start()
  t.teardown(() => server.stop())

  const trusted = {
    MLFLOW_TRACKING_URI: server.uri,
    MLFLOW_TRACKING_SERVER_CERT_PATH: authority,
    MLFLOW_TRACKING_CLIENT_CERT_PATH: client.cert,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
  }
  const known = { ...trusted, ...ADMIN }
  const inTeam = { ...known, MLFLOW_WORKSPACE: WORKSPACE }
  const none = join(directory, 'no-credentials')
  const options = (environment: Environment) => environmentOptions(environment, { credentialsFile: none })
  const open = (environment: Environment, home: string) =>
    openTracking({ ...options(environment), home: join(directory, home) })
  const experiments = async (environment: Environment, credentialsFile = none) => {
    const { uri, ...rest } = environmentOptions(environment, { credentialsFile })
    const names: string[] = []
    for await (const { name } of new MlflowClient(uri!, rest).searchExperiments()) names.push(name)
    return names
  }
  /** What only an administrator does; this package has no call for it. */
  const administer = (method: string, path: string, body: object) =>
    new Promise<void>((resolve, reject) => {
      const auth = `admin:${ADMIN.MLFLOW_TRACKING_PASSWORD}`
      const headers = { 'content-type': 'application/json' }
      const shown = { ca: certificates.ca, cert: certificates.cert, key: certificates.cert }
      const sending = request(`${server.uri}/api/${path}`, { ...shown, method, auth, headers }, (answer) => {
        answer.resume()
        if ((answer.statusCode ?? 0) < 300) resolve()
        else reject(new Error(`${method} ${path} answered ${answer.statusCode}`))
      })
      sending.on('error', reject).end(JSON.stringify(body))
    })
  const readBack = async (environment: Environment, parameters: string[]) => {
    const script = join(import.meta.dirname, 'mlflow/read-back.py')
    const { stdout } = await promisify(execFile)(python!, [script, ...parameters], {
      env: { ...process.env, MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false', ...environment },
    })
    return JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{'))!)
  }
  await administer('POST', '3.0/mlflow/workspaces', { name: WORKSPACE })
  await administer('POST', '2.0/mlflow/users/create', { username: 'ann', password: 'password-of-ann' })

  await t.test('TLS: an authority of its own, a certificate of the client, or no questions asked', async (t) => {
    const { MLFLOW_TRACKING_SERVER_CERT_PATH: _, ...unchecked } = known
    const { MLFLOW_TRACKING_CLIENT_CERT_PATH: __, ...unnamed } = known
    await t.rejects(experiments(unchecked), { code: 'TRACKING_ERR_UNREACHABLE', message: /SIGNED|VERIFY/ })
    await t.rejects(experiments(unnamed), { code: 'TRACKING_ERR_UNREACHABLE' })
    t.ok((await experiments(known)).includes('Default'))
    t.ok((await experiments({ ...unchecked, MLFLOW_TRACKING_INSECURE_TLS: 'true' })).includes('Default'))
  })

  await t.test('names and passwords: from the environment, the address, the credentials file', async (t) => {
    const unauthorized = { code: 'TRACKING_ERR_HTTP', status: 401, message: /MLFLOW_TRACKING_USERNAME/ }
    await t.rejects(experiments(trusted), unauthorized)
    await t.rejects(experiments({ ...known, MLFLOW_TRACKING_PASSWORD: 'wrong' }), unauthorized)
    t.ok((await experiments(known)).length > 0)
    const inAddress = server.uri.replace('https://', 'https://admin:first-password@')
    t.ok((await experiments({ ...trusted, MLFLOW_TRACKING_URI: inAddress })).length > 0)
    const file = join(directory, 'credentials')
    await writeFile(file, '[mlflow]\nmlflow_tracking_username = admin\nmlflow_tracking_password = first-password\n')
    t.ok((await experiments(trusted, file)).length > 0)
  })

  await t.test('a run and its model in a workspace, read back by Python', async (t) => {
    const tracking = await open(inTeam, 'team')
    t.teardown(() => tracking.close())
    const run = await tracking.startRun({ experiment: 'access' })
    await run.logParams({ a: 1 })
    await run.logMetrics({ m: 0.5 }, { step: 3, timestamp: 5 })
    await run.logText('hello', 'notes/a.txt')
    await run.logModel(join(directory, 'bundle'), { name: 'm', registeredModelName: 'access', alias: 'champion' })
    await run.end()
    t.match(await readBack(inTeam, [run.id, 'access', 'champion']), {
      status: 'FINISHED',
      experiment: 'access',
      params: { a: '1' },
      metrics: { m: [[3, '0.5', 5]] },
      artifacts: ['notes/a.txt'],
      version: { version: '1', run_id: run.id },
      logged_model: 'READY',
    })
    const { version } = await resolveModel(tracking, 'models:/access@champion', { cache: join(directory, 'cache') })
    t.equal(version?.version, '1')
    t.notOk((await experiments(known)).includes('access'), 'other workspaces do not see it')
    t.ok((await experiments(inTeam)).includes('access'))
    await t.rejects(readBack(known, [run.id, 'access', 'champion']), /RESOURCE_DOES_NOT_EXIST|not found/i)
  })

  await t.test('whoever may not write is told so', async (t) => {
    const ann = { ...inTeam, MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'password-of-ann' }
    const tracking = await open(ann, 'ann')
    t.teardown(() => tracking.close())
    await t.rejects(tracking.startRun({ experiment: 'access' }), { code: 'TRACKING_ERR_HTTP', status: 403 })
  })

  await t.test('a password that is changed in the middle of a run loses nothing', async (t) => {
    const tracking = await open(inTeam, 'changed')
    t.teardown(() => tracking.close())
    const run = await tracking.startRun({ experiment: 'changed' })
    await run.logMetrics({ m: 1 }, { step: 1 })
    const renewed = { ...inTeam, MLFLOW_TRACKING_PASSWORD: 'second-password' }
    const change = { username: 'admin', password: 'second-password', current_password: 'first-password' }
    await administer('PATCH', '2.0/mlflow/users/update-password', change)
    await t.rejects(run.logMetrics({ m: 2 }, { step: 2 }), { code: 'TRACKING_ERR_HTTP', status: 401 })
    await t.rejects(run.end(), { code: 'TRACKING_ERR_HTTP', status: 401 })
    const report = await sync({ ...(options(renewed) as SyncOptions), home: join(directory, 'changed') })
    t.match(report, { pending: 0, refused: 0, runs: [{ uuid: run.uuid, pending: 0, problems: [] }] })
    const { uri, ...rest } = options(renewed)
    const points: number[] = []
    for await (const { value } of new MlflowClient(uri!, rest).getMetricHistory(run.id, 'm')) points.push(value)
    t.same(points, [1, 2])
    t.equal((await new MlflowClient(uri!, rest).getRun(run.id)).info.status, 'FINISHED')
  })
})
