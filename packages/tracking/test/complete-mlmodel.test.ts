import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { completeFile, completeMlmodel, withCompleted } from '../src/complete-mlmodel.ts'
import { openTracking } from '../src/index.ts'
import { bundleFiles } from './bundle-files.ts'
import { fakeServer } from './fake-server.ts'

const place = { modelId: 'm-1', runId: 'r1', artifactPath: 'mlflow-artifacts:/1/models/m-1/artifacts', time: 1_000 }
const completed = {
  artifact_path: place.artifactPath,
  model_id: 'm-1',
  model_uuid: 'm-1',
  run_id: 'r1',
  utc_time_created: '1970-01-01 00:00:01.000000',
}

t.test('JSON stays JSON, with its keys in order', async (t) => {
  const text = completeMlmodel('{"run_id": null, "flavors": {"onnx": {"data": "m.onnx"}}}', place)
  t.same(JSON.parse(text), { flavors: { onnx: { data: 'm.onnx' } }, ...completed })
  t.same(Object.keys(JSON.parse(text)), [...Object.keys(JSON.parse(text))].sort())
})

t.test('what YAML would refuse in JSON is escaped', async (t) => {
  const text = completeMlmodel(JSON.stringify({ a: '\u0085\u2028\ufeff🌲ü' }), place)
  t.match(text, '"\\u0085\\u2028\\ufeff🌲ü"')
  t.equal(JSON.parse(text).a, '\u0085\u2028\ufeff🌲ü')
})

t.test('YAML keeps every other entry, and its continued lines', async (t) => {
  const yaml = `artifact_path: old
flavors:
  onnx:
    data: model.onnx
model_id: null
run_id: >-
  long
  text
run_idea: kept`
  t.equal(
    completeMlmodel(yaml, place),
    `flavors:
  onnx:
    data: model.onnx
run_idea: kept
artifact_path: "mlflow-artifacts:/1/models/m-1/artifacts"
model_id: "m-1"
model_uuid: "m-1"
run_id: "r1"
utc_time_created: "1970-01-01 00:00:01.000000"
`,
  )
  t.match(completeMlmodel('', place), /^artifact_path: /)
})

t.test('a file', async (t) => {
  const directory = t.testdir({ MLmodel: '{"a": 1}', broken: '{"a": ' })
  await withCompleted(join(directory, 'MLmodel'), directory, place, async (copy) => {
    t.same(JSON.parse(await readFile(copy, 'utf8')), { a: 1, ...completed })
  })
  t.equal(await readFile(join(directory, 'MLmodel'), 'utf8'), '{"a": 1}')
  const broken = join(directory, 'broken')
  await t.rejects(completeFile(broken, broken, place), { code: 'TRACKING_ERR_FILE', message: /begins as JSON/ })
  await writeFile(broken, ' '.repeat((1 << 24) + 1))
  await t.rejects(completeFile(broken, broken, place), { code: 'TRACKING_ERR_FILE', message: /at most/ })
  t.same((await readdir(directory)).sort(), ['MLmodel', 'broken'], 'no copy is left')
})

t.test('the place of a model in the local store', async (t) => {
  const directory = t.testdir({ bundle: { ...bundleFiles(), MLmodel: '{"flavors": {}}' } })
  const tracking = await openTracking({ home: join(directory, 'home') })
  const run = await tracking.startRun({ experiment: 'iris' })
  const { modelId, version } = await run.logModel(join(directory, 'bundle'), { name: 'm', registeredModelName: 'iris' })
  await run.end()
  const out = join(directory, 'out')
  await tracking.registry.download(version!, out)
  const found = JSON.parse(await readFile(join(out, 'MLmodel'), 'utf8'))
  t.match(found, { model_id: modelId, run_id: run.uuid, artifact_path: `models/${modelId}` })
})

t.test('the place of a model on a server', async (t) => {
  const replies: Record<string, object> = {
    'experiments/get-by-name': { experiment: { experiment_id: '1', lifecycle_stage: 'active' } },
    'runs/create': { run: { info: { run_id: 'r1', artifact_uri: 'mlflow-artifacts:/1/r1/artifacts' } } },
    'logged-models': { model: { info: { model_id: 'm-1', artifact_uri: place.artifactPath } } },
  }
  const fake = await fakeServer(t, ({ path }) => replies[path.split('?')[0]!] ?? {})
  const directory = t.testdir({ bundle: { ...bundleFiles(), MLmodel: '{"flavors": {}}' } })
  const tracking = await openTracking({ home: join(directory, 'home'), uri: fake.uri })
  const run = await tracking.startRun({ experiment: 'iris' })
  await run.logModel(join(directory, 'bundle'), { name: 'm' })
  const sent = fake.received.find(({ path }) => path.endsWith('/artifacts/MLmodel'))!
  const { utc_time_created: _, ...ids } = completed
  t.match(sent.json, { flavors: {}, ...ids })
  t.equal(Number(sent.headers['content-length']), sent.body.length)
  t.notOk((await readdir(run.directory)).some((name) => name.startsWith('.tmp-')))
})
