import { type PredictionRecord, parseRecord } from '@copse/monitoring'
import t, { type Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { Batch } from '../../../src/monitoring/batch.ts'
import type { ModelFacts } from '../../../src/monitoring/facts.ts'
import { Live } from '../../../src/monitoring/live.ts'
import type { Monitoring } from '../../../src/monitoring/monitoring.ts'
import { predict, SETTINGS, TestSource } from '../../app.ts'
import { type Files, irisFiles, writeBundle } from '../../bundle.ts'
import { LOG } from '../../monitoring/facts.ts'

const SETOSA = [5.1, 3.5, 1.4, 0.2]

/** An app before a monitor that keeps what it is told. */
async function watched(t: Test, files: Files = irisFiles()) {
  const served: (readonly ModelFacts[])[] = []
  const batches: Batch[] = []
  const state = { closed: false }
  const monitoring: Monitoring = {
    live: new Live(),
    serve: (models) => void served.push(models),
    // The bytes are used again.
    take: ({ lines, ...batch }) => void batches.push({ ...batch, lines: { ...lines, bytes: lines.bytes.slice() } }),
    ask: () => Promise.reject(new Error('nobody asks')),
    async close() {
      state.closed = true
    },
  }
  const log = { ...LOG, features: 'all' as const, to: 'stdout' as const }
  const source = new TestSource(writeBundle(t.testdir(), files))
  const app = await buildApp({ sources: [source], settings: { ...SETTINGS, predictionLog: log }, monitoring })
  t.teardown(() => app.close())
  await app.models.default.reload()
  const records = () => {
    app.drainPredictions()
    const text = Buffer.concat(batches.map(({ lines }) => lines.bytes)).toString()
    const lines = text.split('\n').slice(0, -1)
    return lines.map((line) => parseRecord(line) as PredictionRecord)
  }
  return { app, monitoring, served, batches, state, records }
}

t.test('the monitor is told what serves at each load, and at an unload', async (t) => {
  const { app, served } = await watched(t)
  await app.models.unload('iris')
  await app.models.load('iris')
  t.strictSame(
    served.map((models) => models.map(({ version }) => version)),
    [['1'], [], ['1']],
  )
})

t.test('every prediction is shown once, with the id that its caller got', async (t) => {
  const { app, records } = await watched(t)
  const one = await predict(app, { features: SETOSA })
  const many = await predict(app, { rows: [SETOSA, SETOSA] })
  const [id, batch] = [one, many].map(({ headers }) => headers['x-prediction-id'])
  t.strictSame(
    records().map((record) => record.id),
    [id, `${batch}.0`, `${batch}.1`],
  )
  t.equal(records().length, 3)
})

t.test('what was seen of a model is handed over before another one serves', async (t) => {
  const { app, batches } = await watched(t)
  await predict(app, { features: SETOSA })
  t.equal(batches.length, 0)
  await app.models.unload('iris')
  t.equal(batches.length, 1)
})

t.test('the trace is the one that the caller names; what is none is left out', async (t) => {
  const { app, records } = await watched(t)
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  for (const traceparent of [
    `00-${trace}-00f067aa0ba902b7-01`,
    `00-${trace}`,
    'x',
    `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
  ]) {
    await app.inject({ method: 'POST', url: '/predict', payload: { features: SETOSA }, headers: { traceparent } })
  }
  t.strictSame(
    records().map((record) => record.trace),
    [trace, undefined, undefined, undefined],
  )
})

t.test('traffic counts inference alone: rows that were answered, and requests that were refused', async (t) => {
  const { app, monitoring } = await watched(t)
  await predict(app, { rows: [SETOSA, SETOSA] })
  await predict(app, { features: [] })
  await app.inject('/nowhere')
  await app.inject('/monitoring/drift?model=other')
  const now = Math.floor(Date.now() / 1000)
  const seconds = monitoring.live.between(now - 60, now + 1)
  const sum = (field: 'requests' | 'errors' | 'predictions') => seconds.reduce((total, of) => total + of[field], 0)
  t.strictSame([sum('requests'), sum('predictions'), sum('errors')], [1, 2, 1])
})

t.test('a model without a reference is served and not watched', async (t) => {
  const { 'reference.json': _, ...files } = irisFiles()
  const { app, served, records } = await watched(t, files)
  t.equal((await predict(app, { features: SETOSA })).statusCode, 200)
  t.strictSame(served, [[]])
  t.strictSame(records(), [])
})

t.test('at the end everything is handed over, and the monitor closed after it', async (t) => {
  const { app, batches, state } = await watched(t)
  await predict(app, { features: SETOSA })
  await app.close()
  t.equal(batches.length, 1)
  t.ok(state.closed)
})
