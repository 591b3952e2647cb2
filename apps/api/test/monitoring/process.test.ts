import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FeedbackRecord, newTally, type PredictionRecord, readLog } from '@copse/monitoring'
import t, { type Test } from 'tap'
import type { DriftAnswer, LiveAnswer, PerformanceAnswer } from '../../src/schemas/monitoring.ts'
import { irisFiles, writeBundle } from '../bundle.ts'
import { ready, type Spawned, spawnMain } from '../spawn.ts'

const SETOSA = [5.1, 3.5, 1.4, 0.2]
const QUICK = ['--model', 'file:./iris', '--drift-interval', '100ms']

interface Running extends Spawned {
  readonly url: string
  stop(): Promise<number | string>
}

async function start(t: Test, cwd: string, args: readonly string[]): Promise<Running> {
  const spawned = spawnMain(t, cwd, args)
  const { url } = await ready(spawned)
  return Object.assign(spawned, {
    url,
    stop() {
      spawned.child.kill('SIGTERM')
      return spawned.exited
    },
  })
}

function folder(t: Test): string {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  return cwd
}

async function post(url: string, body: unknown, headers = {}): Promise<{ id: string; json: Record<string, unknown> }> {
  const answer = await fetch(url, {
    method: 'POST',
    // A connection each, so that several processes share the requests.
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify(body),
  })
  if (answer.status !== 200) throw new Error(await answer.text())
  return { id: answer.headers.get('x-prediction-id')!, json: (await answer.json()) as Record<string, unknown> }
}

async function get<A>({ url }: Running, path: string): Promise<A> {
  return (await fetch(`${url}${path}`)).json() as Promise<A>
}

/** Asks until the answer is as wanted. */
async function until<A>(service: Running, path: string, wanted: (answer: A) => boolean): Promise<A> {
  for (;;) {
    const answer = await get<A>(service, path)
    if (wanted(answer)) return answer
    await sleep(50)
  }
}

async function records(directory: string) {
  const tally = newTally()
  const found: (PredictionRecord | FeedbackRecord)[] = []
  for await (const record of readLog(directory, tally)) found.push(record)
  return { found, tally }
}

t.test('a restart forgets nothing: window, states, predictions that wait for labels', async (t) => {
  const cwd = folder(t)
  const first = await start(t, cwd, QUICK)
  const { id } = await post(`${first.url}/predict`, { rows: Array.from({ length: 60 }, () => SETOSA) })
  const before = await until<DriftAnswer>(first, '/monitoring/drift', ({ state }) => state === 'drift')
  t.equal(before.rows, 60)
  t.equal(await first.stop(), 0)
  t.equal(first.err, '')

  const second = await start(t, cwd, QUICK)
  const after = await get<DriftAnswer>(second, '/monitoring/drift')
  t.match(after, { rows: 60, state: 'drift' })
  t.strictSame(
    after.series.map(({ since }) => since),
    before.series.map(({ since }) => since),
  )
  t.match((await post(`${second.url}/feedback`, { prediction_id: `${id}.59`, label: 'setosa' })).json, {
    result: 'matched',
  })
  t.match(await get<PerformanceAnswer>(second, '/monitoring/performance'), { answered: 60, labelled: 1, accuracy: 1 })
  t.equal(await second.stop(), 0)

  // Other windows cannot be filled from the old ones.
  const third = await start(t, cwd, [...QUICK, '--drift-window', '10m'])
  t.match(await get<DriftAnswer>(third, '/monitoring/drift'), { rows: 0, state: 'none', window_seconds: 600 })
  t.match(third.err, /what was watched before is not gone on with/)
  t.equal(await third.stop(), 0)
})

t.test('a killed process leaves a log that reads, and the next one goes on', async (t) => {
  const cwd = folder(t)
  const args = [...QUICK, '--prediction-log', './log', '--prediction-log-features', 'petal_length,petal_width']
  const first = await start(t, cwd, args)
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const { id } = await post(`${first.url}/predict`, { features: SETOSA }, { traceparent })
  const batch = await post(`${first.url}/predict`, { rows: [SETOSA, SETOSA] })
  t.match((await post(`${first.url}/feedback`, { prediction_id: id, label: 'setosa' })).json, { result: /matched/ })
  const directory = join(cwd, 'log')
  while (!readdirSync(directory).some((name) => readFileSync(join(directory, name), 'utf8').split('\n').length > 4)) {
    await sleep(50)
  }
  first.child.kill('SIGKILL')
  await first.exited
  t.match(readdirSync(directory), [/\.ndjson\.open$/])

  const second = await start(t, cwd, args)
  t.match(readdirSync(directory), [/\.ndjson$/], 'what the dead left open is closed')
  await post(`${second.url}/predict`, { features: SETOSA })
  t.equal(await second.stop(), 0)
  const { found, tally } = await records(directory)
  t.match(tally, { predictions: 4, labels: 1, broken: 0, torn: 0 })
  const [one, two] = found.filter((record) => 'id' in record)
  t.match(one, {
    id,
    model: 'iris',
    trace: '4bf92f3577b34da6a3ce929d0e0e4736',
    features: { petal_length: 1.4, petal_width: 0.2 },
    output: { class: 'setosa', probabilities: [1, 0, 0] },
  })
  t.strictSame(Object.keys(one!.features), ['petal_length', 'petal_width'])
  t.ok(one!.latency_us > 0)
  t.equal(two!.id, `${batch.id}.0`)
  t.match(
    found.find((record) => 'feedback' in record),
    { feedback: id, label: 'setosa' },
  )
})

t.test('two processes: one window, one log, one join', async (t) => {
  const cwd = folder(t)
  const args = [...QUICK, '--prediction-log', './log', '--processes', '2']
  const first = await start(t, cwd, args)
  const ids: string[] = []
  for (let i = 0; i < 60; i++) ids.push((await post(`${first.url}/predict`, { features: SETOSA })).id)
  t.match(await until<DriftAnswer>(first, '/monitoring/drift', ({ rows }) => rows === 60), { enough: true })
  for (const prediction_id of ids.slice(0, 20)) {
    t.match((await post(`${first.url}/feedback`, { prediction_id, label: 'setosa' })).json, { result: 'matched' })
  }
  t.match(await get<PerformanceAnswer>(first, '/monitoring/performance'), { answered: 60, labelled: 20, accuracy: 1 })
  const live = await until<LiveAnswer>(first, '/monitoring/live', ({ series }) =>
    series.some((point) => point.requests_per_second > 0),
  )
  t.equal(live.processes, 2)
  const metrics = await (await fetch(`${first.url}/metrics`)).text()
  t.match(metrics, /^copse_drift_state\{model="iris",version="\w+",feature="petal_length",kind="feature"\} [02]$/m)
  t.match(metrics, /^copse_feedback_total\{.*result="matched"\} 20$/m)
  const bins = metrics.matchAll(/^copse_feature_bin_total\{.*feature="sepal_width".*\} (\d+)$/gm)
  t.equal(
    Array.from(bins, ([, count]) => Number(count)).reduce((a, b) => a + b),
    60,
  )
  t.equal(await first.stop(), 0)
  t.match((await records(join(cwd, 'log'))).tally, { predictions: 60, labels: 20, broken: 0 })

  const second = await start(t, cwd, args)
  t.match(await get<DriftAnswer>(second, '/monitoring/drift'), { rows: 60 })
  t.equal(await second.stop(), 0)
})

t.test('a label right after its prediction meets it, whichever processes took the two', async (t) => {
  const service = await start(t, folder(t), ['--model', 'file:./iris', '--processes', '3'])
  for (let i = 0; i < 60; i++) {
    const { id } = await post(`${service.url}/predict`, { rows: [SETOSA, SETOSA] })
    const labels = [1, 0].map((row) => ({ prediction_id: `${id}.${row}`, label: 'setosa' }))
    t.strictSame((await post(`${service.url}/feedback`, { labels })).json, { results: ['matched', 'matched'] })
  }
  t.strictSame((await post(`${service.url}/feedback`, { prediction_id: 'another pod', label: 'setosa' })).json, {
    result: 'unmatched',
  })
  t.match(await get<PerformanceAnswer>(service, '/monitoring/performance'), { labelled: 120, unmatched: 1 })
  t.equal(await service.stop(), 0)
})

t.test('what is unloaded has no gauges, in no process, until it is loaded again', async (t) => {
  const service = await start(t, folder(t), [...QUICK, '--processes', '2'])
  const gauge = async (name: string) => {
    const text = await (await fetch(`${service.url}/metrics`)).text()
    return text.split('\n').filter((line) => line.startsWith(`${name}{`)).length
  }
  const call = (what: string) => fetch(`${service.url}/v2/repository/models/iris/${what}`, { method: 'POST' })
  await post(`${service.url}/predict`, { features: SETOSA })
  while ((await gauge('copse_feature_bin_total')) === 0) await sleep(50)
  for (const name of ['copse_drift_rows', 'copse_feature_bin_total', 'copse_feature_reference_ratio']) {
    t.ok((await gauge(name)) > 0, name)
  }
  t.equal((await call('unload')).status, 200)
  while ((await gauge('copse_drift_rows')) > 0) await sleep(50)
  for (const name of ['copse_drift_state', 'copse_feature_bin_total', 'copse_feature_reference_ratio']) {
    t.equal(await gauge(name), 0, name)
  }
  t.equal((await call('load')).status, 200)
  while ((await gauge('copse_drift_rows')) === 0) await sleep(50)
  t.match(await until<DriftAnswer>(service, '/monitoring/drift', ({ rows }) => rows === 1), { rows: 1 }, 'and goes on')
  t.equal(await service.stop(), 0)
})

t.test('a log that cannot be written stops the start', async (t) => {
  const cwd = folder(t)
  const spawned = spawnMain(t, cwd, [...QUICK, '--prediction-log', './iris/SHA256SUMS'])
  t.equal(await spawned.exited, 1)
  t.match(spawned.err, /^COPSE_PREDICTION_LOG \(--prediction-log\) must be off, stdout or a directory to write to/)
})
