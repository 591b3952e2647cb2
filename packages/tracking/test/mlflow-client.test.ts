import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { MlflowClient } from '../src/index.ts'
import { fakeServer, type Received, type Reply } from './fake-server.ts'

async function client(t: Parameters<typeof fakeServer>[0], answer: (received: Received, count: number) => Reply) {
  const fake = await fakeServer(t, answer)
  return { ...fake, client: new MlflowClient(fake.uri, { retries: 0 }) }
}

t.test('a search fetches page after page, as far as it is read', async (t) => {
  const { client: mlflow, received } = await client(t, (_, count) => ({
    runs: [{ info: { run_id: `r${count}` }, data: { params: [{ key: '__proto__', value: '1' }] } }],
    next_page_token: `p${count}`,
  }))
  const seen: string[] = []
  for await (const { info, data } of mlflow.searchRuns(['1'], {
    filter: "params.a = '1'",
    orderBy: ['metrics.m DESC'],
    pageSize: 1,
  })) {
    seen.push(info.runId)
    t.same(Object.entries(data.params), [['__proto__', '1']])
    if (seen.length === 3) break
  }
  t.same(seen, ['r1', 'r2', 'r3'])
  t.same(
    received.map(({ json }) => json),
    [undefined, 'p1', 'p2'].map((page_token) => ({
      experiment_ids: ['1'],
      max_results: 1,
      filter: "params.a = '1'",
      order_by: ['metrics.m DESC'],
      ...(page_token && { page_token }),
    })),
  )
})

t.test('64-bit integers are read back exactly, and numbers stay numbers', async (t) => {
  const text =
    '{"metrics":[{"key":"m","value":10000000000000000000000000.0,"step":9007199254740993,"timestamp":5},{"key":"m","value":"NaN","step":-3}]}'
  const { client: mlflow, received } = await client(t, () => ({ status: 200, text }))
  const points = []
  for await (const point of mlflow.getMetricHistory('r1', 'm')) points.push(point)
  t.same(points, [
    { key: 'm', value: 1e25, step: 9007199254740993n, timestamp: 5 },
    { key: 'm', value: Number.NaN, step: -3, timestamp: 0 },
  ])
  t.equal(received[0]!.path, 'metrics/get-history?run_id=r1&metric_key=m&max_results=25000')
})

t.test('paths, queries and what is refused before it is sent', async (t) => {
  const { client: mlflow, received } = await client(t, ({ path }) =>
    path.startsWith('registered-models') ? { registered_models: [] } : { model: { info: { model_id: 'm-1' } } },
  )
  await mlflow.deleteLoggedModelTag('m-1', 'a/b c')
  await mlflow.finalizeLoggedModel('m-1', 'FAILED')
  for await (const _ of mlflow.searchRegisteredModels({ orderBy: ['name ASC', 'a'] })) t.fail('none')
  t.same(
    received.map(({ method, path, json }) => [method, path, json]),
    [
      ['DELETE', 'logged-models/m-1/tags/a%2Fb%20c', {}],
      ['PATCH', 'logged-models/m-1', { model_id: 'm-1', status: 'LOGGED_MODEL_UPLOAD_FAILED' }],
      ['GET', 'registered-models/search?max_results=1000&order_by=name+ASC&order_by=a', {}],
    ],
  )
  const refused = { code: 'TRACKING_ERR_VALUE' }
  await t.rejects(mlflow.logMetric('r', 'm', 1, { step: 1.5 }), refused)
  await t.rejects(mlflow.setTerminated('r', 'DONE'), refused)
  await t.rejects(mlflow.setRegisteredModelAlias('m', 'latest', '1'), refused)
  await t.rejects(mlflow.createExperiment(''), refused)
  t.equal(received.length, 3)
})

const uri = process.env.MLFLOW_TRACKING_URI
const skip =
  uri === undefined &&
  'MLFLOW_TRACKING_URI is not set: the client was not tried on a real MLflow (pnpm test:mlflow does)'

t.test('every method on a real MLflow', { skip }, async (t) => {
  const mlflow = new MlflowClient(uri!)
  const all = async <T>(items: AsyncIterable<T>) => {
    const found: T[] = []
    for await (const item of items) found.push(item)
    return found
  }
  const name = `client-${Date.now()}`
  const experimentId = await mlflow.createExperiment(name, { tags: { a: 'b' } })
  await mlflow.setExperimentTag(experimentId, 'c', 'd')
  await mlflow.deleteExperimentTag(experimentId, 'a')
  await mlflow.renameExperiment(experimentId, `${name}-x`)
  await mlflow.deleteExperiment(experimentId)
  t.equal((await mlflow.getExperiment(experimentId)).lifecycleStage, 'deleted')
  await mlflow.restoreExperiment(experimentId)
  t.match(await mlflow.getExperimentByName(`${name}-x`), { experimentId, lifecycleStage: 'active', tags: { c: 'd' } })
  t.match(await all(mlflow.searchExperiments({ filter: `name = '${name}-x'`, viewType: 'ALL' })), [{ experimentId }])

  const { info } = await mlflow.createRun(experimentId, { runName: 'one', tags: { x: 'y' } })
  const child = await mlflow.createRun(experimentId, { tags: { 'mlflow.parentRunId': info.runId } })
  t.equal((await mlflow.getParentRun(child.info.runId))?.info.runId, info.runId)
  t.equal(await mlflow.getParentRun(info.runId), undefined)
  await mlflow.logParam(info.runId, 'p', 1)
  for (let step = 0; step < 5; step++) await mlflow.logMetric(info.runId, 'm', step / 3, { step })
  await mlflow.setTag(info.runId, 'later', 'z')
  await mlflow.deleteTag(info.runId, 'x')
  await mlflow.updateRun(info.runId, { name: 'renamed' })
  t.same(
    (await all(mlflow.getMetricHistory(info.runId, 'm', { pageSize: 2 }))).map(({ step }) => step),
    [0, 1, 2, 3, 4],
  )
  const directory = t.testdir({ 'a.txt': 'hello' })
  await mlflow.logArtifact(info.runId, join(directory, 'a.txt'), 'deep/a.txt')
  t.match(await mlflow.listArtifacts(info.runId), [{ path: 'deep', isDirectory: true }])
  t.match(await mlflow.listArtifacts(info.runId, 'deep'), [{ path: 'deep/a.txt', bytes: 5 }])
  await mlflow.downloadArtifacts(info.runId, join(directory, 'out'))
  t.equal(await readFile(join(directory, 'out/deep/a.txt'), 'utf8'), 'hello')
  await mlflow.logArtifacts(info.runId, join(directory, 'out'), 'more')
  await mlflow.logText(info.runId, 'text', 'texts/a.txt')
  await mlflow.logDict(info.runId, { a: 1 }, 'a.json')
  await mlflow.logFigure(info.runId, '<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg')
  await mlflow.logTable(info.runId, [{ a: 1 }], 'tables/one.json')
  await mlflow.logTable(info.runId, [{ a: 2 }], 'tables/two.json')
  t.same((await mlflow.listArtifacts(info.runId)).map(({ path }) => path).sort(), [
    'a.json',
    'a.svg',
    'deep',
    'more',
    'tables',
    'texts',
  ])
  t.match(JSON.parse((await mlflow.getRun(info.runId)).data.tags['mlflow.loggedArtifacts']!), [
    { path: 'tables/one.json', type: 'table' },
    { path: 'tables/two.json', type: 'table' },
  ])
  await mlflow.logInputs(info.runId, {
    datasets: [{ name: 'iris', digest: 'd', source: { type: 'local', uri: 'iris.csv' }, context: 'train' }],
  })
  t.match((await mlflow.getRun(info.runId)).datasets, [{ name: 'iris', tags: { 'mlflow.data.context': 'train' } }])
  await mlflow.setTerminated(info.runId)
  await mlflow.deleteRun(child.info.runId)
  await mlflow.restoreRun(child.info.runId)
  t.match(await mlflow.getRun(info.runId), {
    info: { status: 'FINISHED', runName: 'renamed' },
    data: { params: { p: '1' }, metrics: { m: 4 / 3 }, tags: { later: 'z' } },
  })
  t.equal((await all(mlflow.searchRuns([experimentId], { pageSize: 1 }))).length, 2)

  const model = await mlflow.createLoggedModel(experimentId, {
    name: 'forest',
    sourceRunId: info.runId,
    params: { a: 1 },
  })
  await mlflow.setLoggedModelTags(model.modelId, { t: 'u', v: 'w' })
  await mlflow.deleteLoggedModelTag(model.modelId, 'v')
  await mlflow.logModelParams(model.modelId, { b: 2 })
  await mlflow.logModelArtifact(model.modelId, join(directory, 'a.txt'))
  await mlflow.logModelArtifacts(model.modelId, join(directory, 'out'), 'more')
  t.same((await mlflow.listLoggedModelArtifacts(model.modelId)).map(({ path }) => path).sort(), ['a.txt', 'more'])
  await mlflow.logOutputs(info.runId, [{ modelId: model.modelId, step: 3 }])
  t.same((await mlflow.getRun(info.runId)).modelIds, [model.modelId])
  await mlflow.finalizeLoggedModel(model.modelId, 'READY')
  t.match(await mlflow.getLoggedModel(model.modelId), {
    name: 'forest',
    status: 'LOGGED_MODEL_READY',
    tags: { t: 'u' },
    params: { a: '1', b: '2' },
  })
  t.match(await all(mlflow.searchLoggedModels([experimentId], { filter: "tags.t = 'u'" })), [
    { modelId: model.modelId },
  ])
  const ordered = mlflow.searchLoggedModels([experimentId], {
    orderBy: [{ field: 'creation_timestamp', ascending: false }],
  })
  t.match(await all(ordered), [{ modelId: model.modelId }])

  await mlflow.createRegisteredModel(name, { description: 'D', tags: { a: 'b' } })
  await mlflow.setRegisteredModelTag(name, 'c', 'd')
  await mlflow.deleteRegisteredModelTag(name, 'a')
  await mlflow.updateRegisteredModel(name, { description: 'E' })
  const { version } = await mlflow.createModelVersion(name, `models:/${model.modelId}`, {
    runId: info.runId,
    modelId: model.modelId,
  })
  await mlflow.setModelVersionTag(name, version, 'e', 'f')
  await mlflow.setModelVersionTag(name, version, 'g', 'h')
  await mlflow.deleteModelVersionTag(name, version, 'g')
  await mlflow.updateModelVersion(name, version, { description: 'F' })
  await mlflow.setRegisteredModelAlias(name, 'champion', version)
  t.match(await mlflow.getModelVersionByAlias(name, 'champion'), {
    version: '1',
    description: 'F',
    tags: { e: 'f' },
    status: 'READY',
  })
  t.match(await mlflow.getRegisteredModel(name), { description: 'E', tags: { c: 'd' }, aliases: { champion: '1' } })
  t.match(await mlflow.getModelVersion(name, '1'), { runId: info.runId, aliases: ['champion'] })
  t.match(await mlflow.getModelVersionDownloadUri(name, '1'), /^mlflow-artifacts:/)
  t.match(await all(mlflow.searchModelVersions({ filter: `name='${name}'` })), [{ version: '1' }])
  t.match(await all(mlflow.searchRegisteredModels({ filter: `name='${name}'` })), [{ name }])
  t.match(await mlflow.transitionModelVersionStage(name, '1', 'Staging'), { stage: 'Staging' })
  t.match(await mlflow.getLatestVersions(name, ['Staging']), [{ version: '1' }])
  t.ok(mlflow.getModelVersionStages().includes('Staging'))
  await mlflow.transitionModelVersionStage(name, '1', 'None')
  t.match(await mlflow.copyModelVersion(name, '1', `${name}-copy`), { name: `${name}-copy`, version: '1' })
  await mlflow.deleteRegisteredModel(`${name}-copy`)
  await mlflow.deleteRegisteredModelAlias(name, 'champion')
  await mlflow.renameRegisteredModel(name, `${name}-y`)
  await mlflow.deleteModelVersion(`${name}-y`, '1')
  await mlflow.deleteRegisteredModel(`${name}-y`)
  await mlflow.deleteLoggedModel(model.modelId)
})

/** Methods of Python's client that are not here, and why. */
const ABSENT: [RegExp, string][] = [
  [/prompt/, 'prompts are for language models'],
  [/trace|span|assessment/, 'traces are what the official @mlflow/core is for'],
  [/webhook|workspace/, 'the administration of a server'],
  [/skill|mcp/, 'agents'],
  [
    /^(create|get|delete|search)_datasets?$|dataset_tags?$|dataset(_from|_to)|datasets?_(from|to)_experiments?$/,
    'evaluation sets of language models',
  ],
  [/^log_image$/, 'takes numpy and PIL pictures; logFigure takes PNG and SVG'],
  [/^load_table$/, 'answers a pandas frame; downloadArtifacts has the JSON'],
  [/^log_stream$/, 'takes a Python stream; logArtifact has no limit of size'],
  [/^tracking_uri$/, 'what the constructor was given'],
]

t.test('what Python’s client can do is here or is left out for a reason', { skip }, async (t) => {
  const script = 'from mlflow import MlflowClient; print(*[m for m in dir(MlflowClient) if m[0] != "_"])'
  const { stdout } = await promisify(execFile)(process.env.MLFLOW_PYTHON!, ['-c', script])
  const names = stdout.trim().split('\n').at(-1)!.split(' ')
  t.ok(names.length > 50)
  const missing = names
    .filter((name) => !ABSENT.some(([pattern]) => pattern.test(name)))
    .filter((name) => !(name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) in MlflowClient.prototype))
  t.same(missing, [])
})
