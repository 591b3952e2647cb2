import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { openTracking, resolveModel, watchAlias } from '../src/index.ts'
import { bundleFiles, bundleSum } from './bundle-files.ts'

const uri = process.env.MLFLOW_TRACKING_URI
const python = process.env.MLFLOW_PYTHON
const skip =
  uri === undefined &&
  'MLFLOW_TRACKING_URI is not set: nothing was tried on a real MLflow (pnpm test:mlflow starts one)'

type Tap = Pick<typeof t, 'testdir'>
type Entry = { key: string; value: unknown }

interface RunReply {
  run: {
    info: {
      status: string
      run_name: string
      experiment_id: string
      artifact_uri: string
      start_time: number
      end_time: number
    }
    data: { params?: Entry[]; tags?: Entry[]; metrics?: Entry[] }
    inputs: { dataset_inputs: object[] }
  }
}

/** Names differ from run to run, so that the suite can be run again on the same server. */
const mark = randomBytes(4).toString('hex')

async function store(t: Tap, files: object = {}) {
  const directory = t.testdir({ bundle: bundleFiles(mark), ...files } as never)
  const tracking = await openTracking({
    home: join(directory, 'home'),
    uri,
    user: 'ann',
    source: { name: 'train.ts', gitCommit: 'abc123' },
  })
  return { directory, tracking, bundle: join(directory, 'bundle') }
}

/** Reads the server without this package. */
async function rest<T>(path: string): Promise<T> {
  const answer = await fetch(`${uri}/api/2.0/mlflow/${path}`)
  return (await answer.json()) as T
}

async function runOf(id: string) {
  const { run } = await rest<RunReply>(`runs/get?run_id=${id}`)
  const entries = (list: Entry[] = []) => Object.fromEntries(list.map(({ key, value }) => [key, value]))
  return {
    info: run.info,
    params: entries(run.data.params),
    tags: entries(run.data.tags),
    metrics: entries(run.data.metrics),
    inputs: run.inputs,
  }
}

async function history(id: string, key: string) {
  const query = new URLSearchParams({ run_id: id, metric_key: key, max_results: '25000' })
  const reply = await rest<{ metrics: { step: number; value: number; timestamp: number }[] }>(
    `metrics/get-history?${query}`,
  )
  return reply.metrics
}

async function artifact(id: string, path: string): Promise<Buffer> {
  const { info } = await runOf(id)
  const root = info.artifact_uri.replace('mlflow-artifacts:/', '')
  const route = `${root}/${path}`.split('/').map(encodeURIComponent).join('/')
  const answer = await fetch(`${uri}/api/2.0/mlflow-artifacts/artifacts/${route}`)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

t.test('on a real MLflow', { skip }, async (t) => {
  t.test('a run with all that it can hold', async (t) => {
    const { tracking, bundle, directory } = await store(t, { plots: { 'a.svg': '<svg/>', deep: { 'b.txt': 'b' } } })
    const parent = await tracking.startRun({ experiment: `run-${mark}` })
    const run = await tracking.startRun({
      experiment: `run-${mark}`,
      runName: 'child ü',
      parent,
      tags: { team: 'trees' },
    })
    await run.logParams({ nEstimators: 100, maxDepth: null, bootstrap: true, empty: '', 'größe/x': 'ü🌲' })
    for (const step of [1, 2, 3])
      await run.logMetrics({ 'oob error': 1 / step }, { step, timestamp: 1_700_000_000_000 + step })
    await run.logMetrics({
      nan: Number.NaN,
      up: Number.POSITIVE_INFINITY,
      down: Number.NEGATIVE_INFINITY,
      tiny: 5e-324,
      big: 1.7e308,
    })
    await run.logMetrics({ early: 0.1 }, { step: -5, timestamp: 0 })
    await run.logTags({ 'mlflow.note.content': '# A note', later: 'x' })
    const schema = { mlflow_colspec: [{ type: 'double', name: 'a', required: true }] }
    await run.logDataset({
      name: 'iris',
      digest: 'd1',
      source: { type: 'local', uri: 'iris.csv' },
      schema,
      profile: { num_rows: 150 },
      context: 'train',
    })
    await run.logArtifacts(join(directory, 'plots'), 'plots')
    await run.logText('', 'empty.txt')
    await run.logText('odd', `odd/a b+c&d=e;f,100%$!'()[]{}^~@.txt`)
    const options = {
      name: 'forest',
      registeredModelName: `iris-${mark}`,
      alias: 'champion',
      tags: { accuracy: '0.95' },
      description: 'Trees',
    }
    const { modelId, version } = await run.logModel(bundle, options)
    await run.end()
    await parent.end('FAILED')

    const { info, params, tags, metrics, inputs } = await runOf(run.id)
    t.match(info, { status: 'FINISHED', run_name: 'child ü', user_id: 'ann' })
    t.ok(info.end_time >= info.start_time)
    t.same(params, { nEstimators: '100', maxDepth: 'null', bootstrap: 'true', empty: '', 'größe/x': 'ü🌲' })
    t.match(tags, {
      team: 'trees',
      later: 'x',
      'mlflow.note.content': '# A note',
      'mlflow.runName': 'child ü',
      'mlflow.user': 'ann',
      'mlflow.source.name': 'train.ts',
      'mlflow.source.type': 'LOCAL',
      'mlflow.source.git.commit': 'abc123',
      'mlflow.parentRunId': parent.id,
      'copse.run_uuid': run.uuid,
    })
    t.match(metrics, { nan: 'NaN', tiny: 5e-324, big: 1.7e308, early: 0.1 })
    t.ok(Number(metrics.up) > 1e308 && Number(metrics.down) < -1e308)
    t.same(
      (await history(run.id, 'oob error')).map(({ step, value, timestamp }) => [step, value, timestamp]),
      [1, 2, 3].map((step) => [step, 1 / step, 1_700_000_000_000 + step]),
    )
    t.match(await history(run.id, 'early'), [{ step: -5, timestamp: 0 }])
    t.match(inputs.dataset_inputs, [
      {
        tags: [{ key: 'mlflow.data.context', value: 'train' }],
        dataset: {
          name: 'iris',
          digest: 'd1',
          source_type: 'local',
          source: '{"uri":"iris.csv"}',
          schema: JSON.stringify(schema),
          profile: '{"num_rows":150}',
        },
      },
    ])
    t.equal(String(await artifact(run.id, 'plots/deep/b.txt')), 'b')
    t.equal(String(await artifact(run.id, 'plots/a.svg')), '<svg/>')
    t.equal(String(await artifact(run.id, 'empty.txt')), '')
    t.equal(String(await artifact(run.id, `odd/a b+c&d=e;f,100%$!'()[]{}^~@.txt`)), 'odd')
    t.equal((await runOf(parent.id)).info.status, 'FAILED')

    t.match(version, {
      name: `iris-${mark}`,
      version: '1',
      aliases: ['champion'],
      runId: run.id,
      modelId,
      source: `models:/${modelId}`,
      description: 'Trees',
    })
    const { 'copse.model_uuid': modelUuid, ...given } = version!.tags
    t.match(modelUuid, /^m-[0-9a-f]{32}$/)
    t.same(given, { accuracy: '0.95', 'copse.bundle_sha256': bundleSum(mark) })
    t.equal(
      (await rest<{ model: { info: { status: string } } }>(`logged-models/${modelId}`)).model.info.status,
      'LOGGED_MODEL_READY',
    )

    t.test(
      'as the official Python client reads it',
      { skip: python === undefined && 'MLFLOW_PYTHON is not set' },
      async (t) => {
        const script = join(import.meta.dirname, 'mlflow', 'read-back.py')
        const { stdout } = await promisify(execFile)(python!, [script, run.id, `iris-${mark}`, 'champion'])
        const read = JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{'))!) as {
          metrics: Record<string, [number, string, number][]>
          artifacts: string[]
          datasets: object[]
          version: object
        }
        t.match(read, {
          status: 'FINISHED',
          name: 'child ü',
          experiment: `run-${mark}`,
          params,
          bundle: mark,
          logged_model: 'READY',
          models: [modelId],
        })
        t.same(Object.keys(read.metrics).sort(), ['big', 'down', 'early', 'nan', 'oob error', 'tiny', 'up'])
        t.same(read.metrics.nan![0]![1], 'nan')
        t.same(read.metrics.tiny![0]![1], '5e-324')
        t.same(read.artifacts.length, 4)
        t.match(read.datasets, [{ name: 'iris', digest: 'd1', tags: { 'mlflow.data.context': 'train' } }])
        t.match(read.version, { run_id: run.id, tags: { 'copse.bundle_sha256': bundleSum(mark) } })
      },
    )
  })

  t.test('batches beyond every limit of one request arrive whole', async (t) => {
    const { tracking } = await store(t)
    const run = await tracking.startRun({ experiment: `limits-${mark}` })
    const metrics = Array.from({ length: 2500 }, (_, step) => ({ key: 'm', value: step / 7, step, timestamp: 5 }))
    const params = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`p${index}`, 'x'.repeat(6000)]))
    const tags = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`t${index}`, '🌲'.repeat(8000)]))
    await run.logBatch({ metrics, params, tags: { ...tags, ['k'.repeat(250)]: 'v' } })
    await run.logParams({ p0: 'x'.repeat(6000) })
    await run.end('KILLED')
    const read = await runOf(run.id)
    t.equal(read.info.status, 'KILLED')
    t.same(
      (await history(run.id, 'm')).map(({ value }) => value),
      metrics.map(({ value }) => value),
    )
    t.same(read.params, params)
    t.equal(Object.keys(tags).filter((key) => read.tags[key] === tags[key]).length, 150)
    t.equal(read.tags['k'.repeat(250)], 'v')
  })

  t.test('a large artifact arrives byte by byte', async (t) => {
    const { tracking, directory } = await store(t)
    const bytes = randomBytes(20_000_000)
    await writeFile(join(directory, 'large.bin'), bytes)
    const run = await tracking.startRun({ experiment: `large-${mark}` })
    await run.logArtifact(join(directory, 'large.bin'))
    await run.logText('first', 'twice.txt')
    await run.logText('second', 'twice.txt')
    await run.end()
    const sum = (data: Buffer) => createHash('sha256').update(data).digest('hex')
    t.equal(sum(await artifact(run.id, 'large.bin')), sum(bytes))
    t.equal(String(await artifact(run.id, 'twice.txt')), 'second')
  })

  t.test('calls that overlap all arrive', async (t) => {
    const { tracking } = await store(t)
    const run = await tracking.startRun({ experiment: `overlap-${mark}` })
    await Promise.all([...Array(20).keys()].map((step) => run.logMetrics({ m: step }, { step })))
    await run.end()
    t.equal((await history(run.id, 'm')).length, 20)
  })

  t.test('two processes may make the same experiment at once', async (t) => {
    const { tracking } = await store(t)
    const other = await openTracking({ home: join(t.testdirName, 'other'), uri })
    const runs = await Promise.all([tracking, other].map((store) => store.startRun({ experiment: `same-${mark}` })))
    const [one, two] = await Promise.all(runs.map((run) => runOf(run.id)))
    t.equal(one!.info.experiment_id, two!.info.experiment_id)
    await Promise.all(runs.map((run) => run.end()))
  })

  t.test('a deleted experiment is named', async (t) => {
    const { tracking } = await store(t)
    const run = await tracking.startRun({ experiment: `deleted-${mark}` })
    await run.end()
    const { experiment_id } = (await runOf(run.id)).info
    const headers = { 'content-type': 'application/json' }
    await fetch(`${uri}/api/2.0/mlflow/experiments/delete`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ experiment_id }),
    })
    const again = await store(t)
    await t.rejects(again.tracking.startRun({ experiment: `deleted-${mark}` }), {
      code: 'TRACKING_ERR_EXPERIMENT_DELETED',
      message: new RegExp(`mlflow experiments restore -x ${experiment_id}`),
    })
  })

  t.test('the registry', async (t) => {
    const { tracking, bundle, directory } = await store(t)
    const { registry } = tracking
    const run = await tracking.startRun({ experiment: `registry-${mark}` })
    for (const name of [
      `plain-${mark}`,
      `o'brien ${mark}`,
      `say "hi" ${mark}`,
      `a@b ünï ${mark}`,
      `back\\slash ${mark}`,
    ]) {
      t.equal(await registry.get(name, { alias: 'champion' }), undefined, name)
      t.equal(await registry.get(name, { version: '1' }), undefined)
      t.same(await registry.versions(name), [])
      const options = { name: 'forest', registeredModelName: name }
      for (const version of ['1', '2']) t.equal((await run.logModel(bundle, options)).version!.version, version)
      t.equal(await registry.get(name, { alias: 'champion' }), undefined)
      t.equal(await registry.get(name, { version: '3' }), undefined)
      await registry.setAlias(name, 'champion', '1')
      await registry.setAlias(name, 'old-one', '1')
      await registry.setAlias(name, 'champion', '2')
      await registry.setTag(name, '2', 'stage', 'prod')
      const found = (await registry.get(name, { alias: 'champion' }))!
      t.match(found, { name, version: '2', aliases: ['champion'], tags: { stage: 'prod' } })
      const versions = await registry.versions(name)
      t.match(versions, [{ version: '1', aliases: ['old-one'] }, found])
      await registry.deleteAlias(name, 'old-one')
      await registry.deleteAlias(name, 'old-one')
      t.equal(await registry.get(name, { alias: 'old-one' }), undefined)
      await t.rejects(registry.setAlias(name, 'champion', '9'), { code: 'TRACKING_ERR_NOT_FOUND' })
      await t.rejects(registry.setTag(name, '9', 'a', 'b'), { code: 'TRACKING_ERR_NOT_FOUND' })
      const cache = join(directory, 'cache')
      const resolved = await resolveModel(tracking, `models:/${name}@champion`, { cache })
      t.match(resolved, { version: found, stale: false })
      t.match(await resolveModel(tracking, `models:/${name}/1`, { cache }), { version: { version: '1' } })
    }
    await t.rejects(registry.setAlias(`none-${mark}`, 'champion', '1'), { code: 'TRACKING_ERR_NOT_FOUND' })
    await registry.deleteAlias(`none-${mark}`, 'champion')
    await run.end()
  })

  t.test('what the machine does, and an alias that moves', async (t) => {
    const { tracking, bundle } = await store(t)
    const name = `watched-${mark}`
    const run = await tracking.startRun({ experiment: `watch-${mark}`, systemMetrics: { intervalMs: 50 } })
    const register = { name: 'forest', registeredModelName: name }
    await run.logModel(bundle, { ...register, alias: 'champion' })
    const seen: (string | undefined)[] = []
    for await (const version of watchAlias(tracking.registry, name, 'champion', { intervalMs: 20 })) {
      seen.push(version?.version)
      if (seen.length === 1) await run.logModel(bundle, { ...register, alias: 'champion' })
      else if (seen.length === 2) await tracking.registry.deleteAlias(name, 'champion')
      else break
    }
    t.same(seen, ['1', '2', undefined])
    await run.end()
    const { metrics } = await runOf(run.id)
    t.ok((metrics['system/system_memory_usage_megabytes'] as number) > 0)
    t.ok((await history(run.id, 'system/cpu_utilization_percentage')).length >= 1)
  })

  t.test('another program may have changed the files', async (t) => {
    const { tracking, bundle, directory } = await store(t)
    const run = await tracking.startRun({ experiment: `changed-${mark}` })
    const { version } = await run.logModel(bundle, { name: 'forest', registeredModelName: `changed-${mark}` })
    await run.end()
    const { artifact_uri } = await rest<{ artifact_uri: string }>(
      `model-versions/get-download-uri?name=changed-${mark}&version=1`,
    )
    const route = artifact_uri.replace('mlflow-artifacts:/', '')
    await fetch(`${uri}/api/2.0/mlflow-artifacts/artifacts/${route}/forest.copse`, { method: 'PUT', body: 'other' })
    await t.rejects(tracking.registry.download(version!, join(directory, 'out')), { code: 'TRACKING_ERR_CHECKSUM' })
  })

  t.test('a wrong name of the server', { skip: !uri?.includes('127.0.0.1') && 'not on loopback' }, async (t) => {
    const { directory } = await store(t)
    const tracking = await openTracking({ home: join(directory, 'home'), uri: `${uri}/no/such/prefix` })
    await t.rejects(tracking.startRun({ experiment: 'e' }), { code: 'TRACKING_ERR_HTTP', status: 404 })
    await t.rejects(tracking.registry.get('iris', { alias: 'champion' }), { code: 'TRACKING_ERR_HTTP', status: 404 })
  })
})
