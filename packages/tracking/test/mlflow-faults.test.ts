import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { listRuns, openTracking, type RunRecord, readJournal, storeStatus, sync } from '../src/index.ts'
import { bundleFiles } from './bundle-files.ts'
import { mulberry32 } from './crash/explore-crashes.ts'
import { faultProxy, type ProxyFault } from './mlflow/fault-proxy.ts'
import { freePort, MlflowServer } from './mlflow/server.ts'

const python = process.env.MLFLOW_PYTHON
const kills = Number(process.env.COPSE_TEST_KILLS ?? 20)
const skip =
  python === undefined && 'MLFLOW_PYTHON is not set: no fault was tried on a real MLflow (pnpm test:mlflow does)'

interface ReadRun {
  uuid: string
  status: string
  params: Record<string, string>
  metrics: Record<string, [number, number, number][]>
  artifacts: Record<string, string>
  models: Record<string, { status: string; files: Record<string, string> }>
}

t.test('faults of a real MLflow', { skip }, async (t) => {
  const directory = t.testdir({ bundle: bundleFiles() })
  const bundle = join(directory, 'bundle')
  const server = new MlflowServer(dirname(dirname(python!)), directory, await freePort())
  await server.start()
  t.teardown(() => server.stop())
  const mark = randomBytes(3).toString('hex')

  await t.test('connections cut before and after, storms of 429 and 503, late answers', async (t) => {
    const random = mulberry32(11)
    const faults: ProxyFault[] = ['cut before', 'cut after', 'cut after', 'late', 429, 503]
    let share = 0.35
    const proxy = await faultProxy(server.uri, () => (random() < share ? faults[Math.floor(random() * 6)]! : 'none'))
    t.teardown(proxy.close)
    const experiment = `storm-${mark}`
    const home = join(directory, 'storm')
    const runs = Array.from({ length: 6 }, () => once(runChild(home, proxy.uri, experiment, bundle), 'exit'))
    await Promise.all(runs)
    share = 0.2
    const { syncs, counts } = await arriveAll(t, { home, uri: proxy.uri, server, experiment })
    t.equal(counts.runs, 6)
    t.comment(`${JSON.stringify(proxy.counts)}; ${syncs} syncs`)
  })

  await t.test('the server killed in the middle of a run and started again', async (t) => {
    const experiment = `restart-${mark}`
    const home = join(directory, 'restart')
    const tracking = await openTracking({ home, uri: server.uri, retries: 1, timeoutMs: 5000, cooldownMs: 100 })
    const before = await tracking.startRun({ experiment })
    for (let step = 0; step < 10; step++) await before.logMetrics({ m: step }, { step })
    const killed = server.stop('SIGKILL')
    for (let step = 10; step < 40; step++) await before.logMetrics({ m: step }, { step })
    await killed
    await before.logText('kept', 'kept.txt')
    const during = await tracking.startRun({ experiment })
    await during.logModel(bundle, { name: 'forest', registeredModelName: experiment, alias: 'champion' })
    t.ok(before.pending > 0 && during.pending === 2)
    await during.end()
    t.ok(during.pending > 0, 'the run ends without the server')
    await server.start()
    await before.logTags({ later: 'x' })
    await before.end()
    t.equal(before.pending, 0, 'the run that saw the server come back sent all by itself')
    const { counts } = await arriveAll(t, { home, uri: server.uri, server, experiment })
    t.equal(counts.runs, 2)
  })

  await t.test(`${kills} processes killed at random points`, async (t) => {
    const random = mulberry32(Number(process.env.COPSE_TEST_SEED ?? 5))
    const faults: ProxyFault[] = ['cut before', 'cut after', 'late', 503]
    const proxy = await faultProxy(server.uri, () => (random() < 0.04 ? faults[Math.floor(random() * 4)]! : 'none'))
    t.teardown(proxy.close)
    const experiment = `kills-${mark}`
    const home = join(directory, 'kills')
    let killed = 0
    for (let round = 0; round < kills; round += 2) {
      const pair = [0, 1].slice(0, kills - round).map(async () => {
        const child = runChild(home, proxy.uri, experiment, bundle)
        const ended = once(child, 'exit')
        await Promise.race([once(child.stdout, 'data'), ended])
        await new Promise((resolve) => setTimeout(resolve, random() * 2500))
        if (child.exitCode === null && child.kill('SIGKILL')) killed += 1
        await ended
      })
      await Promise.all(pair)
    }
    const { syncs, counts } = await arriveAll(t, { home, uri: proxy.uri, server, experiment })
    t.comment(`${counts.runs} runs, ${killed} kills, ${counts.lost} lost, ${counts.doubled} doubled; ${syncs} syncs`)
  })
})

function runChild(home: string, uri: string, experiment: string, bundle: string) {
  const script = join(import.meta.dirname, 'processes', 'log-to-server.ts')
  const parameters = ['--conditions=@copse/source', script, home, uri, experiment, bundle]
  return spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Syncs until nothing is pending, then compares each journal with what the Python client reads. */
async function arriveAll(
  t: Pick<typeof import('tap').default, 'equal' | 'same'>,
  { home, uri, server, experiment }: { home: string; uri: string; server: MlflowServer; experiment: string },
) {
  let syncs = 0
  for (let left = 1; left > 0 && syncs < 100; syncs++) {
    const report = await sync({ home, uri, retries: 1, timeoutMs: 1000 }).catch(() => undefined)
    if (report) left = report.pending + report.busy
  }
  t.same(
    (await storeStatus({ home })).filter(({ pending, refused, ended }) => pending > 0 || refused > 0 || !ended),
    [],
    'everything has arrived',
  )
  const script = join(import.meta.dirname, 'mlflow', 'read-runs.py')
  const env = { ...process.env, MLFLOW_TRACKING_URI: server.uri, MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false' }
  const { stdout } = await promisify(execFile)(python!, [script, experiment], { env, maxBuffer: 1 << 28 })
  const read = JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{'))!) as {
    runs: ReadRun[]
    versions: { model: string }[]
  }
  const counts = { runs: 0, lost: 0, doubled: 0 }
  const registered: string[] = []
  for (const written of await listRuns(home)) {
    const found = read.runs.filter(({ uuid }) => uuid === written.uuid)
    counts.runs += 1
    counts.doubled += Math.max(0, found.length - 1)
    if (found.length === 0 || !(await isWhole(home, written, found[0]!, counts))) counts.lost += 1
    registered.push(...written.models.map(({ modelId }) => modelId))
  }
  t.equal(read.runs.length, counts.runs, 'no other runs')
  t.same(read.versions.map(({ model }) => model).sort(), registered.sort(), 'each registered model has one version')
  t.same({ lost: counts.lost, doubled: counts.doubled }, { lost: 0, doubled: 0 })
  return { syncs, counts }
}

async function isWhole(
  home: string,
  written: RunRecord,
  found: ReadRun,
  counts: { doubled: number },
): Promise<boolean> {
  const points = (list: readonly (readonly number[])[]) => list.map((point) => point.join(' ')).sort()
  let same =
    found.status === written.status && JSON.stringify(sorted(found.params)) === JSON.stringify(sorted(written.params))
  for (const [key, list] of Object.entries(written.metrics)) {
    const wanted = points(list.map(({ step, value, timestamp }) => [step, value, timestamp]))
    const got = points(found.metrics[key] ?? [])
    counts.doubled += got.length - new Set(got).size
    same &&= JSON.stringify(wanted) === JSON.stringify(got)
  }
  const artifacts = Object.fromEntries(Object.entries(written.artifacts).map(([path, { sha256 }]) => [path, sha256]))
  same &&= JSON.stringify(sorted(artifacts)) === JSON.stringify(sorted(found.artifacts))
  const { records } = await readJournal(join(home, 'runs', written.uuid, 'journal'), 'run')
  for (const operation of records as { op: string; model: string; files: { path: string; sha256: string }[] }[]) {
    if (operation.op !== 'model') continue
    const files = Object.fromEntries(operation.files.map(({ path, sha256 }) => [path, sha256]))
    const { registered_model_meta: _, ...got } = found.models[operation.model]?.files ?? {}
    same &&=
      found.models[operation.model]?.status === 'READY' && JSON.stringify(sorted(files)) === JSON.stringify(sorted(got))
  }
  return same && Object.keys(found.models).length === written.models.length
}

function sorted(record: Record<string, string>) {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}
