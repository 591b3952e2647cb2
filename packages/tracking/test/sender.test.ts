import { join } from 'node:path'
import t from 'tap'
import { openTracking, readJournal, readRun, storeStatus } from '../src/index.ts'
import { bundleFiles, bundleSum } from './bundle-files.ts'
import { fakeServer, type Received, type Reply } from './fake-server.ts'

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

const RUN = { run: { info: { run_id: 'r1', artifact_uri: 'mlflow-artifacts:/7/r1/artifacts' } } }
const MODEL = { model: { info: { model_id: 'm-1', artifact_uri: 'mlflow-artifacts:/7/models/m-1/artifacts' } } }
const VERSION = { model_version: { name: 'iris', version: '4', source: 'models:/m-1', creation_timestamp: 5 } }

/** What a right server answers, by the path without its query. */
const REPLIES: Record<string, Reply> = {
  'experiments/get-by-name': { experiment: { experiment_id: '7', lifecycle_stage: 'active' } },
  'runs/create': RUN,
  'logged-models': MODEL,
  'model-versions/create': VERSION,
  'model-versions/get': VERSION,
  'registered-models/alias': VERSION,
}

async function server(t: Tap, replies: Record<string, Reply> = {}, files: Record<string, unknown> = {}) {
  const directory = t.testdir({ bundle: bundleFiles(), ...files } as never)
  const fake = await fakeServer(t, ({ path }) => ({ ...REPLIES, ...replies })[path.split('?')[0]!] ?? {})
  const tracking = await openTracking({
    home: join(directory, 'home'),
    uri: fake.uri,
    user: 'ann',
    retries: 0,
    timeoutMs: 2000,
  })
  return { ...fake, tracking, directory }
}

const line = ({ method, path }: Received) => `${method} ${path}`
const recordsSent = async (run: { directory: string }) =>
  (await sentOf(run)).map((sent) => (sent as { record: number }).record)
const sentOf = async (run: { directory: string }) => (await readJournal(join(run.directory, 'sent'), 'sent')).records

t.test('a run on the wire', async (t) => {
  const { tracking, received, uri } = await server(t)
  const parent = await tracking.startRun({ experiment: 'iris' })
  t.match(parent, { id: 'r1', url: `${uri}/#/experiments/7/runs/r1` })
  const run = await tracking.startRun({ experiment: 'iris', runName: 'child', parent, tags: { a: 'b' } })
  await run.logMetrics({ loss: 0.5, odd: Number.POSITIVE_INFINITY }, { step: 2, timestamp: 9 })
  await run.logDataset({ name: 'iris', digest: 'd', source: { type: 'local', uri: 'x' }, context: 'train' })
  await run.logText('hello', 'a dir/ü.txt'.replace('ü', 'u+'))
  await run.end('FAILED')
  t.same(received.map(line), [
    'GET experiments/get-by-name?experiment_name=iris',
    'POST runs/create',
    'POST runs/create',
    'POST runs/log-batch',
    'POST runs/log-inputs',
    'PUT /api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/a%20dir/u%2B.txt',
    'POST runs/update',
  ])
  const [, , create, batch, inputs, put, update] = received as [
    Received,
    Received,
    Received,
    Received,
    Received,
    Received,
    Received,
  ]
  t.match(create.json, { experiment_id: '7', user_id: 'ann', run_name: 'child', start_time: Number })
  const tags = Object.fromEntries(
    (create.json.tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
  )
  t.match(tags, { 'mlflow.runName': 'child', 'mlflow.parentRunId': 'r1', 'copse.run_uuid': run.uuid, a: 'b' })
  t.same(batch.json, {
    run_id: 'r1',
    metrics: [
      { key: 'loss', value: 0.5, timestamp: 9, step: 2 },
      { key: 'odd', value: 'Infinity', timestamp: 9, step: 2 },
    ],
    params: [],
    tags: [],
  })
  t.same(inputs.json, {
    run_id: 'r1',
    datasets: [
      {
        tags: [{ key: 'mlflow.data.context', value: 'train' }],
        dataset: { name: 'iris', digest: 'd', source_type: 'local', source: '{"uri":"x"}' },
      },
    ],
  })
  t.equal(put.body.toString(), 'hello')
  t.match(update.json, { run_id: 'r1', status: 'FAILED', end_time: Number })
  t.match(await sentOf(run), [
    { record: 1, run: { id: 'r1', experimentId: '7' } },
    { record: 2 },
    { record: 3 },
    { record: 4 },
    { record: 5 },
  ])
})

t.test('a model on the wire', async (t) => {
  const { tracking, received, directory } = await server(t)
  const run = await tracking.startRun({ experiment: 'iris' })
  await run.logParams({ trees: 5 })
  received.length = 0
  const options = { name: 'forest', registeredModelName: 'iris', alias: 'champion', tags: { a: 'b' }, description: 'D' }
  const { modelId, version } = await run.logModel(join(directory, 'bundle'), options)
  t.equal(modelId, 'm-1')
  t.match(version, { name: 'iris', version: '4', modelId: 'm-1', createdAt: 5 })
  const files = ['SHA256SUMS', 'forest.copse', 'golden.json'].map(
    (name) => `PUT /api/2.0/mlflow-artifacts/artifacts/7/models/m-1/artifacts/${name}`,
  )
  t.same(received.map(line), [
    'GET registered-models/alias?name=iris&alias=champion',
    'POST logged-models',
    'POST runs/outputs',
    ...files,
    'PATCH logged-models/m-1',
    'POST registered-models/create',
    'POST model-versions/create',
    'POST registered-models/alias',
    'GET model-versions/get?name=iris&version=4',
  ])
  const operation = (await readJournal(join(run.directory, 'journal'))).records[2] as { model: string }
  t.match(operation, { register: { alias: 'champion', aliasFrom: '4' } })
  t.same(received[1]!.json, {
    experiment_id: '7',
    name: 'forest',
    source_run_id: 'r1',
    params: [{ key: 'trees', value: '5' }],
    tags: [
      { key: 'copse.model_uuid', value: operation.model },
      { key: 'mlflow.user', value: 'ann' },
      { key: 'mlflow.source.type', value: 'LOCAL' },
      { key: 'mlflow.note.content', value: 'D' },
    ],
  })
  t.match(received[6]!.json, { model_id: 'm-1', status: 'LOGGED_MODEL_READY' })
  t.same(received[8]!.json, {
    name: 'iris',
    source: 'models:/m-1',
    run_id: 'r1',
    model_id: 'm-1',
    tags: [
      { key: 'a', value: 'b' },
      { key: 'copse.bundle_sha256', value: bundleSum() },
      { key: 'copse.model_uuid', value: operation.model },
    ],
    description: 'D',
  })
  t.same(received[9]!.json, { name: 'iris', alias: 'champion', version: '4' })
  t.match((await sentOf(run)).at(-1), { record: 3, model: { id: 'm-1', version: '4' } })
})

t.test('a model on MLflow 2 lies among the artifacts of its run', async (t) => {
  const { tracking, received, directory } = await server(t, {
    'logged-models': { status: 404, type: 'text/html', text: '<h1>Not Found</h1>' },
    '/version': { type: 'text/plain', text: '2.22.5' },
  })
  const run = await tracking.startRun({ experiment: 'iris' })
  received.length = 0
  const { version } = await run.logModel(join(directory, 'bundle'), { name: 'forest', registeredModelName: 'iris' })
  t.match(version, { name: 'iris' })
  t.same(received.map(line).slice(1, 5), [
    'GET /version',
    ...['SHA256SUMS', 'forest.copse', 'golden.json'].map(
      (name) => `PUT /api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/forest/${name}`,
    ),
  ])
  const created = received.find(({ path }) => path === 'model-versions/create')!
  t.match(created.json, { source: 'mlflow-artifacts:/7/r1/artifacts/forest', run_id: 'r1', model_id: undefined })
})

t.test('names that exist already are taken', async (t) => {
  const exists = { status: 400, text: '{"error_code":"RESOURCE_ALREADY_EXISTS","message":"exists"}' }
  let asked = 0
  const fake = await fakeServer(t, ({ path }) => {
    if (path.startsWith('experiments/get-by-name'))
      return ++asked === 1 ? undefined : REPLIES['experiments/get-by-name']
    if (path === 'experiments/create' || path === 'registered-models/create') return exists
    return REPLIES[path.split('?')[0]!] ?? {}
  })
  const directory = t.testdir({ bundle: bundleFiles() })
  const tracking = await openTracking({ home: join(directory, 'home'), uri: fake.uri })
  const run = await tracking.startRun({ experiment: 'iris' })
  t.equal(
    (await run.logModel(join(directory, 'bundle'), { name: 'm', registeredModelName: 'iris' })).version?.version,
    '4',
  )
  t.same(fake.received.slice(0, 4).map(line), [
    'GET experiments/get-by-name?experiment_name=iris',
    'POST experiments/create',
    'GET experiments/get-by-name?experiment_name=iris',
    'POST runs/create',
  ])
})

t.test('an experiment that was deleted', async (t) => {
  const deleted = { experiment: { experiment_id: '7', lifecycle_stage: 'deleted' } }
  const { tracking } = await server(t, { 'experiments/get-by-name': deleted })
  await t.rejects(tracking.startRun({ experiment: 'iris' }), {
    code: 'TRACKING_ERR_EXPERIMENT_DELETED',
    message: /"iris" was deleted .* restore it with "mlflow experiments restore -x 7"/,
  })
})

t.test('an answer that is not MLflow’s', async (t) => {
  for (const reply of [{}, { run: {} }, { run: { info: { run_id: 5 } } }, { run: { info: { run_id: 'r' } } }]) {
    const { tracking } = await server(t, { 'runs/create': reply })
    await t.rejects(tracking.startRun({ experiment: 'e' }), {
      code: 'TRACKING_ERR_HTTP',
      message: /is this an MLflow server/,
    })
  }
})

t.test('what the server refuses is reported, noted, and does not stop the run', async (t) => {
  const refused = { status: 400, text: '{"error_code":"INVALID_PARAMETER_VALUE","message":"Bad key"}' }
  const { tracking } = await server(t, { 'runs/log-batch': refused })
  const run = await tracking.startRun({ experiment: 'e' })
  await t.rejects(run.logParams({ a: 1 }), {
    code: 'TRACKING_ERR_HTTP',
    status: 400,
    errorCode: 'INVALID_PARAMETER_VALUE',
  })
  await t.rejects(run.logParams({ a: 1 }), { code: 'TRACKING_ERR_HTTP', status: 400 }, 'it is not taken for logged')
  await run.logText('x', 'x.txt')
  await run.end()
  t.match((await sentOf(run)).slice(2, 4), [
    { record: 3, refused: { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' } },
    { record: 4 },
  ])
})

t.test('a server that goes away in the middle: the run goes on, the rest is sent when it is back', async (t) => {
  let down = false
  const fake = await fakeServer(t, ({ path }) =>
    down ? (response) => response.socket!.resetAndDestroy() : (REPLIES[path.split('?')[0]!] ?? {}),
  )
  const home = t.testdir()
  const warnings: string[] = []
  const onWarning = (text: string) => warnings.push(text)
  const tracking = await openTracking({ home, uri: fake.uri, retries: 0, cooldownMs: 0, onWarning })
  const run = await tracking.startRun({ experiment: 'e' })
  down = true
  await run.logParams({ a: 1 })
  await run.logText('x', 'x.txt')
  t.equal(run.pending, 2)
  t.match(warnings, [/goes on without the server, and is sent later: .*cannot be reached/], 'told once')
  down = false
  await run.logMetrics({ m: 1 })
  t.equal(run.pending, 0)
  t.same(await recordsSent(run), [1, 2, 3, 4])
  down = true
  await run.logMetrics({ m: 2 })
  down = false
  await run.end()
  t.equal(run.pending, 0, 'at the end at the latest')
  t.same(await recordsSent(run), [1, 2, 3, 4, 5, 6])
  t.match(await readRun(home, run.uuid), {
    status: 'FINISHED',
    params: { a: '1' },
    artifacts: { 'x.txt': { bytes: 1 } },
  })
})

t.test('a server that is dead from the first call on costs one time limit', async (t) => {
  const fake = await fakeServer(t, () => () => {})
  const directory = t.testdir({ bundle: bundleFiles() })
  const home = join(directory, 'home')
  const tracking = await openTracking({ home, uri: fake.uri, retries: 2, timeoutMs: 80 })
  const run = await tracking.startRun({ experiment: 'e' })
  t.match(run, { id: run.uuid, url: undefined })
  for (let step = 0; step < 20; step++) await run.logMetrics({ m: step }, { step })
  const model = await run.logModel(join(directory, 'bundle'), { name: 'm', registeredModelName: 'iris', alias: 'best' })
  t.match(model, { modelId: /^m-/, version: undefined })
  t.equal(fake.received.length, 1)
  await run.end()
  t.same(
    fake.received.map(({ path }) => path.split('?')[0]),
    ['experiments/get-by-name', '/health'],
  )
  t.equal(run.pending, 23)
  t.match(await readRun(home, run.uuid), { status: 'FINISHED', models: [{ registeredModelName: 'iris' }] })
  t.same(await recordsSent(run), [])
})

t.test('a start that the server refuses is no run', async (t) => {
  const { tracking } = await server(t, {
    'runs/create': { status: 400, text: '{"error_code":"INVALID_PARAMETER_VALUE","message":"no"}' },
  })
  await t.rejects(tracking.startRun({ experiment: 'e' }), { code: 'TRACKING_ERR_HTTP', status: 400 })
  const [state] = await storeStatus({ home: tracking.home })
  t.match(state, { refused: 1, pending: 0, ended: true, busy: false })
})

t.test('a model whose upload fails is marked so', async (t) => {
  const fake = await fakeServer(t, ({ method, path }) =>
    method === 'PUT' ? { status: 507, text: 'full' } : (REPLIES[path.split('?')[0]!] ?? {}),
  )
  const directory = t.testdir({ bundle: bundleFiles() })
  const tracking = await openTracking({ home: join(directory, 'home'), uri: fake.uri })
  const run = await tracking.startRun({ experiment: 'e' })
  await t.rejects(run.logModel(join(directory, 'bundle'), { name: 'm', registeredModelName: 'iris' }), {
    code: 'TRACKING_ERR_HTTP',
    status: 507,
  })
  t.match(fake.received.at(-1), { method: 'PATCH', json: { status: 'LOGGED_MODEL_UPLOAD_FAILED' } })
})

t.test('a server that keeps its artifacts out of reach', async (t) => {
  const info = { run_id: 'r1', artifact_uri: 's3://bucket/7/r1/artifacts' }
  const { tracking, received } = await server(t, { 'runs/create': { run: { info } } })
  const run = await tracking.startRun({ experiment: 'e' })
  await t.rejects(run.logText('x', 'x.txt'), {
    code: 'TRACKING_ERR_ARTIFACT_STORE',
    message: /s3:\/\/bucket.*--serve-artifacts/,
  })
  t.notOk(received.some(({ method }) => method === 'PUT'))
})

t.test('a long batch goes in several requests', async (t) => {
  const { tracking, received } = await server(t)
  const run = await tracking.startRun({ experiment: 'e' })
  await run.logBatch({ metrics: Array.from({ length: 2500 }, (_, step) => ({ key: 'm', value: step, step })) })
  const batches = received.filter(({ path }) => path === 'runs/log-batch')
  t.same(
    batches.map(({ json }) => (json.metrics as object[]).length),
    [1000, 1000, 500],
  )
})
