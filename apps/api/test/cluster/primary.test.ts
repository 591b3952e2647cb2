import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { irisFiles, irisForest, writeBundle } from '../bundle.ts'
import { freePort } from '../free-port.ts'
import { startLoad } from '../load.ts'
import { ready, type Spawned, spawnMain } from '../spawn.ts'

const BODY = '{"features":[5.1,3.5,1.4,0.2]}'

/** Processes whose parent is `pid`. */
function children(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        return Number(readFileSync(`/proc/${child}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]) === pid
      } catch {
        return false
      }
    })
}

async function predictions(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const counts = text.matchAll(/^copse_predictions_total\{.*\} (\d+)$/gm)
  return Array.from(counts, ([, count]) => Number(count)).reduce((a, b) => a + b)
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await sleep(50)
}

async function predict(url: string): Promise<number> {
  const headers = { 'content-type': 'application/json', connection: 'close' }
  return (await fetch(`${url}/predict`, { method: 'POST', headers, body: BODY })).status
}

async function infer(url: string): Promise<number> {
  const inputs = [{ name: 'features', datatype: 'FP64', shape: [1, 4], data: [5.1, 3.5, 1.4, 0.2] }]
  const body = JSON.stringify({ inputs })
  return (await fetch(`${url}/v2/models/iris/infer`, { method: 'POST', headers: { connection: 'close' }, body })).status
}

/** Inference requests in the statistics that some process answers. */
async function executions(url: string): Promise<number> {
  const answer = await fetch(`${url}/v2/models/iris/stats`, { headers: { connection: 'close' } })
  const { model_stats } = (await answer.json()) as { model_stats: { execution_count: number }[] }
  t.equal(model_stats.length, 1)
  return model_stats[0]!.execution_count
}

t.test('several processes behind one port', { skip: process.platform !== 'linux' && 'needs /proc' }, async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const metricsPort = await freePort()
  const metrics = `http://127.0.0.1:${metricsPort}`
  const args = ['--model', 'file:./iris', '--processes', '3', '--metrics-port', String(metricsPort)]
  const spawned: Spawned = spawnMain(t, cwd, args)
  const { url, port } = await ready(spawned)
  const pid = spawned.child.pid!
  t.equal(children(pid).length, 3)
  t.equal(spawned.out.split('Copse serves').length, 2, 'people are told once')
  t.equal((await fetch(`${url}/metrics`)).status, 404, 'the port of its own is that of the primary')

  for (let i = 0; i < 30; i++) t.equal(await predict(url), 200)
  await until(async () => (await predictions(metrics)) === 30)
  for (let i = 0; i < 30; i++) t.equal(await infer(url), 200)
  // Each second a process tells the others of its own; three that answer in turn are asked.
  const answers = async () => [await executions(url), await executions(url), await executions(url)]
  await until(async () => (await answers()).every((count) => count === 30))
  t.strictSame(await answers(), [30, 30, 30], "whichever process answers, Triton's statistics are those of all")
  await until(async () => (await predictions(metrics)) === 60)

  const [killed, hung] = children(pid)
  process.kill(killed!, 'SIGKILL')
  await until(() => children(pid).length === 3 && !children(pid).includes(killed!))
  t.equal(await predictions(metrics), 60, 'the counts of the dead stay')

  process.kill(hung!, 'SIGSTOP')
  const started = performance.now()
  t.equal(await predictions(metrics), 60, 'one that hangs does not take the scrape')
  t.ok(performance.now() - started < 2000)
  await until(() => !children(pid).includes(hung!) && children(pid).length === 3)
  t.equal(await predictions(metrics), 60)
  t.match(spawned.err, /a process told nothing for 10 s and is killed/)

  writeBundle(join(cwd, 'iris'), irisFiles(irisForest(0.5)))
  await until(async () => (await fetch(`${url}/readyz`)).status === 200)
  t.equal((await fetch(`${url}/model/reload`, { method: 'POST' })).status, 200)
  await until(async () => {
    const text = await (await fetch(`${metrics}/metrics`)).text()
    // The new series replaces the old one when all have it.
    return text.split('\n').filter((line) => line.startsWith('copse_model_info{')).length === 1
  })

  const load = startLoad(port, 12, BODY)
  await until(() => load.answered > 200)
  const before = await predictions(metrics)
  spawned.child.kill('SIGTERM')
  t.equal(await spawned.exited, 0)
  const { failures, answered } = await load.stop()
  t.strictSame(failures, [])
  t.ok(answered > 200 && before >= 60)
  t.equal(children(pid).length, 0)
})

t.test('what is wrong is said once, and ends all', async (t) => {
  const spawned = spawnMain(t, t.testdir(), ['--model', 'file:./nowhere', '--processes', '3'])
  t.equal(await spawned.exited, 1)
  t.equal(spawned.err.split('cannot be served').length, 2)
})

t.test('the end of the primary is that of all', { skip: process.platform !== 'linux' && 'needs /proc' }, async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const spawned = spawnMain(t, cwd, ['--model', 'file:./iris', '--processes', '2'])
  const { url } = await ready(spawned)
  const pids = children(spawned.child.pid!)
  t.equal(pids.length, 2)
  spawned.child.kill('SIGKILL')
  await until(() => pids.every((pid) => !readdirSync('/proc').includes(String(pid))))
  await t.rejects(fetch(`${url}/livez`))
})
