import t from 'tap'
import { Copies } from '../src/copies.ts'
import { Rest } from '../src/rest.ts'
import { fakeServer, type Received, type Reply } from './fake-server.ts'

/** What there is on a server that answers with `replies` by path; what is deleted comes in `deleted`. */
async function copies(t: Parameters<typeof fakeServer>[0], replies: Record<string, Reply>) {
  const { uri, received } = await fakeServer(t, ({ path, method }) =>
    /delete/.test(path) || method === 'DELETE' ? {} : replies[path.split('?')[0]!],
  )
  const deleted = () => received.filter(({ path, method }) => /delete/.test(path) || method === 'DELETE')
  return { copies: new Copies(new Rest(uri, { retries: 0, timeoutMs: 2000 })), received, deleted }
}

const run = (run_id: string, lifecycle_stage = 'active') => ({
  info: { run_id, artifact_uri: `mlflow-artifacts:/7/${run_id}`, lifecycle_stage },
})
const model = (model_id: string, status = 'LOGGED_MODEL_PENDING') => ({
  info: { model_id, artifact_uri: `mlflow-artifacts:/7/${model_id}`, status },
})

t.test('no copy is none', async (t) => {
  const { copies: of } = await copies(t, {
    'runs/search': {},
    'logged-models/search': {},
    'model-versions/search': {},
    'runs/get': {},
  })
  t.equal(await of.run('7', 'u'), undefined)
  t.equal(await of.model('7', 'u'), undefined)
  t.equal(await of.version('iris', 'u'), undefined)
  t.equal(await of.isLinked('r1', 'm-1'), false)
})

t.test('of the runs of a uuid the one of the lowest id stays, and the others go', async (t) => {
  const {
    copies: of,
    received,
    deleted,
  } = await copies(t, { 'runs/search': { runs: [run('r3'), run('r1'), run('r2')] } })
  t.same(await of.run('7', 'u-1'), { id: 'r1', experimentId: '7', artifactUri: 'mlflow-artifacts:/7/r1' })
  t.match(received[0]!.json, {
    experiment_ids: ['7'],
    filter: "tags.`copse.run_uuid` = 'u-1'",
    run_view_type: 'ALL',
  })
  t.same(
    deleted().map(({ json }) => json),
    [{ run_id: 'r2' }, { run_id: 'r3' }],
  )
})

t.test('the run in use stays, whatever its id', async (t) => {
  const { copies: of, deleted } = await copies(t, { 'runs/search': { runs: [run('r1'), run('r2')] } })
  t.match(await of.run('7', 'u', 'r2'), { id: 'r2' })
  t.same(
    deleted().map(({ json }) => json),
    [{ run_id: 'r1' }],
  )
})

t.test('the run in use stays where the search does not know it yet, too', async (t) => {
  const { copies: of, deleted } = await copies(t, { 'runs/search': { runs: [run('r1')] } })
  await of.run('7', 'u', 'r2')
  t.same(
    deleted().map(({ json }) => json),
    [{ run_id: 'r1' }],
  )
})

t.test('a run that somebody deleted is found where there is no other, and not deleted again', async (t) => {
  const gone = await copies(t, { 'runs/search': { runs: [run('r1', 'deleted')] } })
  t.match(await gone.copies.run('7', 'u'), { id: 'r1' })
  t.same(gone.deleted(), [])
  const both = await copies(t, { 'runs/search': { runs: [run('r1', 'deleted'), run('r2')] } })
  t.match(await both.copies.run('7', 'u'), { id: 'r2' })
  t.same(both.deleted(), [])
})

t.test('of the models of a uuid the one that is ready stays, else the one of the lowest id', async (t) => {
  const ready = await copies(t, {
    'logged-models/search': { models: [model('m-1'), model('m-3', 'LOGGED_MODEL_READY'), model('m-2')] },
  })
  t.same(await ready.copies.model('7', 'u'), { id: 'm-3', root: 'mlflow-artifacts:/7/m-3', ready: true })
  t.same(
    ready.deleted().map(({ path }) => path),
    ['logged-models/m-1', 'logged-models/m-2'],
  )
  const pending = await copies(t, { 'logged-models/search': { models: [model('m-2'), model('m-1')] } })
  t.match(await pending.copies.model('7', 'u'), { id: 'm-1', ready: false })
})

t.test('of two versions the lower number stays, as numbers go', async (t) => {
  const {
    copies: of,
    received,
    deleted,
  } = await copies(t, {
    'model-versions/search': { model_versions: [{ version: '10' }, { version: '9' }] },
  })
  t.equal(await of.version("o'brien", 'u'), '9')
  t.equal(
    new URLSearchParams(received[0]!.path.split('?')[1]).get('filter'),
    `name="o'brien" and tags.\`copse.model_uuid\` = 'u'`,
  )
  t.same(deleted().map(told), [{ method: 'DELETE', name: "o'brien", version: '10' }])
})

t.test('a model is linked when it is among the outputs of the run', async (t) => {
  const outputs = { model_outputs: [{ model_id: 'm-1' }, { model_id: 'm-2' }] }
  const { copies: of } = await copies(t, { 'runs/get': { run: { ...run('r1'), outputs } } })
  t.equal(await of.isLinked('r1', 'm-2'), true)
  t.equal(await of.isLinked('r1', 'm-3'), false)
})

t.test('an alias that is not there has no version, and no other failure looks like that', async (t) => {
  const alias = async (t: Parameters<typeof fakeServer>[0], reply: Reply) =>
    (await copies(t, { 'registered-models/alias': reply })).copies.aliasVersion('iris', 'champion')
  const failure = (status: number, error_code: string): Reply => ({ status, text: JSON.stringify({ error_code }) })
  t.equal(await alias(t, { model_version: { name: 'iris', version: '4' } }), '4')
  t.equal(await alias(t, failure(404, 'RESOURCE_DOES_NOT_EXIST')), undefined, 'no such model')
  t.equal(await alias(t, failure(400, 'INVALID_PARAMETER_VALUE')), undefined, 'no such alias')
  await t.rejects(alias(t, failure(404, 'ENDPOINT_NOT_FOUND')), { code: 'TRACKING_ERR_HTTP', status: 404 })
  await t.rejects(alias(t, failure(400, 'BAD_REQUEST')), { code: 'TRACKING_ERR_HTTP', status: 400 })
  await t.rejects(alias(t, failure(403, 'PERMISSION_DENIED')), { code: 'TRACKING_ERR_HTTP', status: 403 })
})

function told({ method, json }: Received) {
  return { method, ...json }
}
