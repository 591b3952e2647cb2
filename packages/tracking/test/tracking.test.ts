import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import { openTracking, readRun } from '../src/index.ts'

t.test('a local store', async (t) => {
  const home = join(t.testdir(), 'a', 'home')
  const tracking = await openTracking({ home })
  t.match(tracking, { location: home, home, remote: false })
  t.same(await readdir(home), ['runs'], 'nothing is left of the probe')
  await tracking.close()
})

t.test('an address makes it a server, which is not asked before it is needed', async (t) => {
  const home = t.testdir()
  const tracking = await openTracking({ home, uri: 'http://ann:secret@127.0.0.1:9/mlflow/' })
  t.match(tracking, { location: 'http://127.0.0.1:9/mlflow', home, remote: true })
})

t.test('a home that cannot be written is told in one sentence', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file')
  for (const home of [join(file, 'home'), file]) {
    await t.rejects(openTracking({ home }), {
      code: 'TRACKING_ERR_HOME',
      message: `The tracking folder ${home} cannot be written (ENOTDIR)`,
    })
    await t.rejects(openTracking({ home, uri: 'http://127.0.0.1:9' }), { code: 'TRACKING_ERR_HOME' })
  }
})

t.test('read only, nothing is made', async (t) => {
  const home = join(t.testdir(), 'none')
  const tracking = await openTracking({ home, readOnly: true })
  t.equal(await tracking.registry.get('iris', { alias: 'champion' }), undefined)
  t.same(await tracking.registry.versions('iris'), [])
  await t.rejects(tracking.startRun({ experiment: 'e' }), { code: 'TRACKING_ERR_HOME' })
  await t.rejects(tracking.registry.setAlias('iris', 'a', '1'), { code: 'TRACKING_ERR_HOME' })
  t.equal(existsSync(home), false)
})

t.test('options that cannot be meant', async (t) => {
  const home = t.testdir()
  for (const wrong of [
    { uri: 'mlruns' },
    { uri: '' },
    { timeoutMs: 0 },
    { timeoutMs: 1.5 },
    { retries: -1 },
    { maxDownloadBytes: Number.NaN },
  ]) {
    await t.rejects(openTracking({ home, ...wrong }), { code: 'TRACKING_ERR_OPTION' }, JSON.stringify(wrong))
  }
})

t.test('who ran what, from where', async (t) => {
  const home = t.testdir()
  const tracking = await openTracking({ home, user: 'ann', source: { name: 'train.ts', gitCommit: 'abc123' } })
  const parent = await tracking.startRun({ experiment: 'iris' })
  const run = await tracking.startRun({ experiment: 'iris', runName: 'child', tags: { team: 'trees' }, parent })
  t.match(run, {
    experiment: 'iris',
    name: 'child',
    id: run.uuid,
    url: undefined,
    directory: join(home, 'runs', run.uuid),
  })
  const record = await readRun(home, run.uuid)
  t.match(record, { experiment: 'iris', name: 'child', parent: parent.uuid, location: null, status: 'RUNNING' })
  t.same(record.tags, {
    'mlflow.runName': 'child',
    'mlflow.user': 'ann',
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.name': 'train.ts',
    'mlflow.source.git.commit': 'abc123',
    'copse.run_uuid': run.uuid,
    team: 'trees',
  })
  t.equal(parent.name, `iris-${parent.uuid.slice(-8)}`)
  for (const wrong of [
    { experiment: '' },
    { experiment: 'a', runName: '' },
    { experiment: 'a', tags: { '../x': '' } },
  ]) {
    await t.rejects(tracking.startRun(wrong), { code: 'TRACKING_ERR_VALUE' })
  }
  await tracking.close()
  t.equal((await readRun(home, run.uuid)).status, 'FAILED', 'closing ends what is open')
})

t.test('withRun ends the run by how its function ends', async (t) => {
  const home = t.testdir()
  const tracking = await openTracking({ home })
  let uuid = ''
  const answer = await tracking.withRun({ experiment: 'e' }, async (run) => {
    uuid = run.uuid
    return 42
  })
  t.equal(answer, 42)
  t.equal((await readRun(home, uuid)).status, 'FINISHED')
  const thrown = new Error('no')
  const use = tracking.withRun({ experiment: 'e' }, async (run) => {
    uuid = run.uuid
    throw thrown
  })
  t.equal(await use.catch((error) => error), thrown)
  t.equal((await readRun(home, uuid)).status, 'FAILED')
})

t.test('nothing is written where MLflow would look for a file store', async (t) => {
  const directory = t.testdir()
  const before = process.cwd()
  process.chdir(directory)
  t.teardown(() => process.chdir(before))
  const tracking = await openTracking()
  await tracking.withRun({ experiment: 'e' }, (run) => run.logText('x', 'x.txt'))
  t.equal(tracking.home, resolve('.copse'))
  t.same(await readdir(directory), ['.copse'])
})

t.test('files that do not belong to the store are left alone', async (t) => {
  const home = t.testdir()
  await mkdir(join(home, 'runs', 'mine'), { recursive: true })
  await writeFile(join(home, 'runs', 'mine', 'notes'), 'x')
  await writeFile(join(home, 'runs', 'file'), 'x')
  const warnings: string[] = []
  await openTracking({ home, onWarning: (text) => warnings.push(text) })
  t.same(warnings, [])
  t.equal(await readFile(join(home, 'runs', 'mine', 'notes'), 'utf8'), 'x')
})
