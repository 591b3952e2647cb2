import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { FromWorker, ToWorker } from '../../src/cluster/messages.ts'
import { irisFiles, writeBundle } from '../bundle.ts'

const PROGRAM = fileURLToPath(new URL('./processes/worker.ts', import.meta.url))

type Told<K> = Extract<FromWorker, { kind: K }>

/** A worker whose primary the test plays. */
async function start(t: Test) {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const child = fork(PROGRAM, ['--model', 'file:./iris', '--port', '0', '--processes', '2'], {
    cwd,
    execArgv: ['--conditions=@copse/source'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal)
  const told: FromWorker[] = []
  const waiting = new Set<() => void>()
  child.on('message', (message: FromWorker) => {
    told.push(message)
    for (const look of waiting) look()
  })
  /** The first message of this kind after the first `from` messages. */
  function hear<K extends FromWorker['kind']>(kind: K, from = 0): Promise<Told<K>> {
    return new Promise((resolve) => {
      function look() {
        const message = told.slice(from).find((message): message is Told<K> => message.kind === kind)
        if (message === undefined) return
        waiting.delete(look)
        resolve(message)
      }
      waiting.add(look)
      look()
    })
  }
  const { url } = await hear('ready')
  return {
    child,
    exited,
    told,
    hear,
    url,
    tell: (message: ToWorker) => child.send(message),
    predict: () =>
      fetch(`${url}/predict`, {
        method: 'POST',
        // A connection each: one that is kept is served to its end.
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: '{"features":[5.1,3.5,1.4,0.2]}',
      }),
  }
}

/** The sum of a metric's series in what a worker told. */
function sumOf({ metrics }: Told<'metrics' | 'scrape'>, name: string): number {
  const series = metrics.find((series) => series.name === name)
  return (series?.values ?? []).reduce((sum, { value }) => sum + value, 0)
}

t.test('prints through the primary, then is ready and serves', async (t) => {
  const { told, predict } = await start(t)
  const kinds = told.map(({ kind }) => kind)
  t.ok(kinds.indexOf('print') < kinds.indexOf('ready') && kinds.includes('print'))
  t.match(
    told.filter((message) => message.kind === 'print').map(({ text }) => text),
    [/Copse serves/],
  )
  t.equal((await predict()).status, 200)
})

t.test('tells its series each second; a scrape is answered with those of all', async (t) => {
  const { told, hear, predict, tell, url } = await start(t)
  await predict()
  const metrics = await hear('metrics', told.length)
  t.equal(sumOf(metrics, 'copse_predictions_total'), 1)
  const scraped = [fetch(`${url}/metrics`), fetch(`${url}/metrics`)]
  const first = await hear('scrape')
  const second = await hear('scrape', told.indexOf(first) + 1)
  t.equal(sumOf(second, 'copse_predictions_total'), 1)
  tell({ kind: 'scrape', id: 99, text: 'nobody asked' })
  tell({ kind: 'scrape', id: second.id, text: `of ${second.id}` })
  tell({ kind: 'scrape', id: first.id, text: `of ${first.id}` })
  const texts = await Promise.all(scraped.map(async (answer) => (await answer).text()))
  t.strictSame(texts.sort(), ['of 1', 'of 2'])
})

t.test('an admin call of its own is told, one of another process is followed and not told again', async (t) => {
  const { told, hear, tell, url } = await start(t)
  const status = async () => (await fetch(`${url}/readyz`)).status
  t.equal((await fetch(`${url}/v2/repository/models/iris/unload`, { method: 'POST' })).status, 200)
  t.match(await hear('models'), { call: 'unload', name: 'iris' })
  t.equal(await status(), 503)
  const before = told.length
  tell({ kind: 'models', call: 'load', name: 'iris' })
  while ((await status()) !== 200);
  t.notOk(told.slice(before).some(({ kind }) => kind === 'models'))
})

t.test('what it predicted is told before it says that it handed over', async (t) => {
  const { told, hear, predict, tell } = await start(t)
  await predict()
  tell({ kind: 'handOver', round: 7 })
  t.match(await hear('handedOver'), { round: 7 })
  const kinds = told.map(({ kind }) => kind)
  t.ok(kinds.includes('batch') && kinds.indexOf('batch') < kinds.indexOf('handedOver'))
})

t.test('a stop: it says when it listens no more, waits for the others, tells its series, ends', async (t) => {
  const { told, hear, predict, tell, exited } = await start(t)
  await predict()
  tell({ kind: 'stop' })
  await hear('closed')
  await t.rejects(predict())
  tell({ kind: 'finish' })
  t.equal(await exited, 0)
  const last = told.at(-1)
  t.ok(last?.kind === 'metrics' && sumOf(last, 'copse_predictions_total') === 1)
})

t.test('a primary that is gone keeps no worker from its end', async (t) => {
  const { child, exited, predict } = await start(t)
  await predict()
  child.disconnect()
  child.kill('SIGTERM')
  t.equal(await exited, 0)
})
