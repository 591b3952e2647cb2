import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openTracking, readJournal, readRun } from '../src/index.ts'
import { bundleFiles, bundleSum } from './bundle-files.ts'

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

async function startRun(t: Tap, files: Record<string, unknown> = {}) {
  const directory = t.testdir(files as never)
  const home = join(directory, 'home')
  const tracking = await openTracking({ home })
  const run = await tracking.startRun({ experiment: 'iris' })
  t.teardown(() => tracking.close())
  return { tracking, run, home, directory }
}

t.test('params, metrics and tags are in the journal when their call returns', async (t) => {
  const { run, home } = await startRun(t)
  await run.logParams({ nEstimators: 100, bootstrap: true, seed: null })
  await run.logMetrics({ loss: 0.5, gap: Number.NaN }, { step: 3, timestamp: 1000 })
  await run.logMetrics({ loss: 0.25 }, { step: 4, timestamp: 2000 })
  await run.logTags({ stage: 'dev' })
  await run.logTags({ stage: 'test' })
  const record = await readRun(home, run.uuid)
  t.same(record.params, { nEstimators: '100', bootstrap: 'true', seed: 'null' })
  t.same(record.metrics, {
    loss: [
      { value: 0.5, step: 3, timestamp: 1000 },
      { value: 0.25, step: 4, timestamp: 2000 },
    ],
    gap: [{ value: Number.NaN, step: 3, timestamp: 1000 }],
  })
  t.equal(record.tags.stage, 'test')
  t.equal(record.status, 'RUNNING')
  await run.end()
  const ended = await readRun(home, run.uuid)
  t.equal(ended.status, 'FINISHED')
  t.ok(ended.endedAt! >= ended.startedAt)
})

t.test('a whole history is one operation', async (t) => {
  const { run, home } = await startRun(t)
  const metrics = Array.from({ length: 2500 }, (_, step) => ({ key: 'oob', value: 1 / (step + 1), step }))
  await run.logBatch({ metrics, params: { a: 1 }, tags: { b: '2' } })
  await run.logBatch({})
  const { records } = await readJournal(join(run.directory, 'journal'))
  t.equal(records.length, 2)
  t.equal((await readRun(home, run.uuid)).metrics.oob!.length, 2500)
})

t.test('what is refused leaves no trace', async (t) => {
  const { run } = await startRun(t, { dir: { file: 'x' }, empty: {} })
  const value = { code: 'TRACKING_ERR_VALUE' }
  await run.logParams({ a: 1 })
  await t.rejects(run.logParams({ b: 2, a: 3 }), {
    ...value,
    message: /The param a is "1" already and cannot become "3"/,
  })
  await t.rejects(run.logMetrics({ ok: 1, wrong: '1' as never }), value)
  await t.rejects(run.logTags({ '': 'x' }), value)
  await t.rejects(run.logText('x', '../x'), { code: 'TRACKING_ERR_PATH' })
  await t.rejects(run.logText(5 as never, 'x'), value)
  await t.rejects(run.logArtifact(join(t.testdirName, 'none')), { code: 'TRACKING_ERR_FILE' })
  await t.rejects(run.logArtifact(join(t.testdirName, 'dir')), { code: 'TRACKING_ERR_FILE' })
  await t.rejects(run.logArtifacts(join(t.testdirName, 'none')), { code: 'TRACKING_ERR_FILE' })
  await t.rejects(run.logModel(join(t.testdirName, 'empty'), { name: 'm' }), { code: 'TRACKING_ERR_FILE' })
  await t.rejects(run.logModel(join(t.testdirName, 'dir'), { name: 'm', alias: 'a' }), value)
  await t.rejects(run.logModel(join(t.testdirName, 'dir'), { name: 'm', registeredModelName: 'm', alias: 'v1' }), value)
  await t.rejects(run.end('DONE' as never), value)
  t.equal((await readJournal(join(run.directory, 'journal'))).records.length, 2)
})

t.test('a param may be logged again as it is', async (t) => {
  const { run } = await startRun(t)
  await run.logParams({ a: 1 })
  await run.logParams({ a: '1', b: 2 })
  t.match((await readJournal(join(run.directory, 'journal'))).records[2], { params: [{ key: 'b', value: '2' }] })
})

t.test('artifacts are copies, whole, under their path', async (t) => {
  const { run, home, directory } = await startRun(t, {
    'a.txt': 'one',
    plots: { 'b.svg': '<svg/>', deep: { 'c.txt': '' } },
  })
  await run.logArtifact(join(directory, 'a.txt'))
  await writeFile(join(directory, 'a.txt'), 'changed later')
  await run.logArtifact(join(directory, 'a.txt'), 'in/side.txt')
  await run.logArtifacts(join(directory, 'plots'), 'pictures')
  await run.logText('grüße', 'note.txt')
  await run.logText('again', 'note.txt')
  const { artifacts } = await readRun(home, run.uuid)
  t.same(Object.keys(artifacts), ['a.txt', 'in/side.txt', 'pictures/b.svg', 'pictures/deep/c.txt', 'note.txt'])
  t.match(artifacts['a.txt'], { bytes: 3, sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed' })
  t.equal(await readFile(join(run.directory, 'artifacts', 'a.txt'), 'utf8'), 'one')
  t.equal(await readFile(join(run.directory, 'artifacts', 'note.txt'), 'utf8'), 'again')
})

t.test('a directory with what is neither file nor directory', { skip: process.platform === 'win32' }, async (t) => {
  const { run, directory } = await startRun(t, { some: { file: 'x' } })
  await symlink(directory, join(directory, 'some', 'loop'))
  await t.rejects(run.logArtifacts(join(directory, 'some')), {
    code: 'TRACKING_ERR_FILE',
    message: /neither a file nor a dir/,
  })
})

t.test('an artifact in the place of a directory', async (t) => {
  const { run } = await startRun(t)
  await run.logText('x', 'a')
  await t.rejects(run.logText('x', 'a/b'), { code: 'TRACKING_ERR_HOME' })
  await run.logText('x', 'c')
})

t.test('a model is stored in the run and registered', async (t) => {
  const { tracking, run, home, directory } = await startRun(t, { bundle: bundleFiles() })
  const plain = await run.logModel(join(directory, 'bundle'), { name: 'forest' })
  t.match(plain, { modelId: /^m-[0-9a-f]{32}$/, version: undefined })
  const options = {
    name: 'forest',
    registeredModelName: 'iris',
    alias: 'champion',
    tags: { a: 'b' },
    description: 'A forest',
  }
  const { modelId, version } = await run.logModel(join(directory, 'bundle'), options)
  t.match(version, {
    name: 'iris',
    version: '1',
    aliases: ['champion'],
    runId: run.uuid,
    modelId,
    description: 'A forest',
  })
  t.same(version!.tags, { a: 'b', 'copse.bundle_sha256': bundleSum() })
  t.equal(version!.source, join(home, 'runs', run.uuid, 'models', modelId))
  await writeFile(join(directory, 'bundle', 'forest.copse'), 'changed later')
  t.equal(await readFile(join(version!.source, 'forest.copse'), 'utf8'), 'trees')
  t.same(await tracking.registry.get('iris', { alias: 'champion' }), version)
  t.match((await readRun(home, run.uuid)).models, [
    { name: 'forest' },
    { modelId, name: 'forest', registeredModelName: 'iris' },
  ])
})

t.test('a bundle that does not match its sums is not logged', async (t) => {
  const { tracking, run, directory } = await startRun(t, { bundle: { ...bundleFiles(), 'forest.copse': 'treez' } })
  const model = run.logModel(join(directory, 'bundle'), { name: 'forest', registeredModelName: 'iris' })
  await t.rejects(model, { code: 'TRACKING_ERR_CHECKSUM' })
  t.same(await tracking.registry.versions('iris'), [])
})

t.test('calls that overlap take effect in their order', async (t) => {
  const { run } = await startRun(t, { big: 'x'.repeat(3_000_000) })
  const calls = [
    run.logArtifact(join(t.testdirName, 'big')),
    run.logParams({ a: 1 }),
    run.logText('t', 't.txt'),
    run.logMetrics({ m: 1 }),
    run.end(),
  ]
  await Promise.all(calls)
  const { records } = await readJournal(join(run.directory, 'journal'))
  t.same(
    records.map((record) => (record as { op: string }).op),
    ['start', 'artifact', 'batch', 'artifact', 'batch', 'end'],
  )
})

t.test('an ended run takes no more', async (t) => {
  const { run, home } = await startRun(t, { file: 'x' })
  await run.flush()
  await run.end('KILLED')
  await run.end('FINISHED')
  await run.flush()
  const ended = { code: 'TRACKING_ERR_RUN_ENDED' }
  await t.rejects(run.logParams({ a: 1 }), ended)
  await t.rejects(run.logText('x', 'x'), ended)
  await t.rejects(run.logArtifact(join(t.testdirName, 'file')), ended)
  await t.rejects(run.logModel(t.testdirName, { name: 'm' }), ended)
  t.equal((await readRun(home, run.uuid)).status, 'KILLED', 'the first end counts')
})

t.test('disposing a run ends it FAILED, unless it was ended', async (t) => {
  const { tracking, run, home } = await startRun(t)
  await run[Symbol.asyncDispose]()
  t.equal((await readRun(home, run.uuid)).status, 'FAILED')
  const good = await tracking.startRun({ experiment: 'iris' })
  await good.end()
  await good[Symbol.asyncDispose]()
  t.equal((await readRun(home, good.uuid)).status, 'FINISHED')
})
