import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import t from 'tap'
import { openTracking } from '../src/index.ts'
import { bundleFiles } from './bundle-files.ts'
import { mulberry32 } from './crash/explore-crashes.ts'
import { arriveAll } from './mlflow/arrive.ts'
import { faultProxy, type ProxyFault } from './mlflow/fault-proxy.ts'
import { freePort } from './mlflow/process.ts'
import { MlflowServer } from './mlflow/server.ts'
import { storesOf } from './mlflow/stores.ts'

const python = process.env.MLFLOW_PYTHON
const kills = Number(process.env.COPSE_TEST_KILLS ?? 20)
const skip =
  python === undefined && 'MLFLOW_PYTHON is not set: no fault was tried on a real MLflow (pnpm test:mlflow does)'

t.test('faults of a real MLflow', { skip }, async (t) => {
  const directory = t.testdir({ bundle: bundleFiles() })
  const bundle = join(directory, 'bundle')
  const stores = storesOf(directory, process.env.MLFLOW_TEST_STORES)
  const server = new MlflowServer(dirname(dirname(python!)), directory, await freePort(), { stores })
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
    const { syncs, counts } = await arriveAll(t, { home, uri: proxy.uri, server: server.uri, experiment })
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
    const { counts } = await arriveAll(t, { home, uri: server.uri, server: server.uri, experiment })
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
    const { syncs, counts } = await arriveAll(t, { home, uri: proxy.uri, server: server.uri, experiment })
    t.comment(`${counts.runs} runs, ${killed} kills, ${counts.lost} lost, ${counts.doubled} doubled; ${syncs} syncs`)
  })
})

function runChild(home: string, uri: string, experiment: string, bundle: string) {
  const script = join(import.meta.dirname, 'processes', 'log-to-server.ts')
  const parameters = ['--conditions=@copse/source', script, home, uri, experiment, bundle]
  return spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
}
