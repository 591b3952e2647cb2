import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { DriftAnswer, LiveAnswer, PerformanceAnswer } from '../../src/schemas/monitoring.ts'
import { build, predict } from '../app.ts'
import { irisFiles, mixedFiles } from '../bundle.ts'

/** What a monitoring route answers, once the predictions are worked off and the windows checked. */
async function ask<A>(app: FastifyInstance, path: string): Promise<A> {
  app.drainPredictions()
  app.monitoring.monitor!.check()
  const answer = await app.inject(`/monitoring/${path}`)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json() as A
}

const SETOSA = [5.1, 3.5, 1.4, 0.2]

t.test('drift: every feature, the answers and the signals, with both histograms', async (t) => {
  const { app } = await build(t)
  const before = await ask<DriftAnswer>(app, 'drift')
  t.match(before, {
    state: 'none',
    enough: false,
    rows: 0,
    minimum_rows: 50,
    reference_rows: 150,
    window_seconds: 3600,
  })
  await predict(app, { rows: Array.from({ length: 60 }, () => SETOSA) })
  const after = await ask<DriftAnswer>(app, 'drift')
  t.match(after, { model: { name: 'iris', version: '1' }, enough: true, rows: 60 })
  t.strictSame(
    after.series.map(({ name, kind, type }) => `${name} ${kind} ${type}`),
    [
      'sepal_length feature number',
      'sepal_width feature number',
      'petal_length feature number',
      'petal_width feature number',
      'prediction prediction category',
      'confidence confidence number',
      'disagreement disagreement number',
    ],
  )
  for (const { name, kind, bins, q, evidence } of after.series) {
    const sum = (side: 'reference' | 'current') => bins.reduce((total, bin) => total + bin[side], 0)
    t.ok(Math.abs(sum('reference') - 1) < 1e-9, name)
    t.ok(Math.abs(sum('current') - 1) < 1e-9, name)
    t.equal(new Set(bins.map(({ label }) => label)).size, bins.length)
    if (kind === 'feature') t.ok(q < 1e-6 && evidence === 'drift', `${name} is the same in every row`)
  }
  const [sepalLength, , , , prediction] = after.series
  t.match(sepalLength, { min: 4.3, max: 7.9, out_of_range: { reference: 0, current: 0 }, unseen: null })
  t.match(sepalLength!.bins[0], { label: '<= 4.9', from: null, to: 4.9, level: null, current: 0 })
  t.match(sepalLength!.bins[2], { label: '5 to 5.4', from: 5, to: 5.4, level: null, current: 1 })
  t.strictSame(
    prediction!.bins.map(({ label, level, reference, current }) => [label, level, reference > 0.2, current]),
    [
      ['setosa', 'setosa', true, 1],
      ['versicolor', 'versicolor', true, 0],
      ['virginica', 'virginica', true, 0],
    ],
  )
  t.equal(after.state, 'none', 'one check moves no state')
  t.equal((await ask<DriftAnswer>(app, 'drift')).state, 'drift', 'two do')
})

t.test('drift: missing values, unseen levels and values out of range', async (t) => {
  const { app } = await build(t, mixedFiles())
  const row = { carat: 9, cut: 'Poor', 'a/b~c "d"': 'no' }
  await predict(app, { rows: [row, row, { ...row, carat: null }, { ...row, cut: null }] })
  const { series } = await ask<DriftAnswer>(app, 'drift')
  t.match(series[0], {
    missing: { reference: 0.05, current: 0.25 },
    out_of_range: { reference: 0, current: 1 },
    unseen: null,
    rows: 3,
    reference_rows: 190,
  })
  t.match(series[1], { missing: { current: 0.25 }, out_of_range: null, unseen: { reference: 0, current: 1 }, rows: 0 })
  t.match(series[3], { name: 'prediction', kind: 'prediction', type: 'number' })
})

t.test('performance: what labels tell, in all and by hour', async (t) => {
  const { app } = await build(t)
  const { headers } = await predict(app, {
    rows: [
      [5.1, 3.5, 1.4, 0.2],
      [5.9, 3, 4.2, 1.5],
      [6.3, 3.3, 6, 2.5],
    ],
  })
  const id = headers['x-prediction-id']
  const before = await ask<PerformanceAnswer>(app, 'performance')
  t.match(before, { type: 'class', answered: 3, labelled: 0, accuracy: null, log_loss: null, ece: null, unmatched: 0 })
  t.ok(before.estimate.accuracy! > 0.8)
  const labels = ['setosa', 'virginica', 'virginica'].map((label, row) => ({ prediction_id: `${id}.${row}`, label }))
  await app.inject({ method: 'POST', url: '/feedback', payload: { labels } })
  const after = await ask<PerformanceAnswer>(app, 'performance')
  t.match(after, { labelled: 3, accuracy: 2 / 3, results: { matched: 3 }, rmse: null, window_seconds: 86_400 })
  t.strictSame(after.recall, [
    { class: 'setosa', labels: 1, recall: 1 },
    { class: 'versicolor', labels: 0, recall: null },
    { class: 'virginica', labels: 2, recall: 0.5 },
  ])
  t.ok(Math.abs(after.log_loss! + (Math.log(0.25) + Math.log(0.875)) / 3) < 1e-9)
  t.equal(after.history.length, 24)
  t.match(after.history.at(-1), { answered: 3, labelled: 3, accuracy: 2 / 3 })
  t.equal(
    after.lag.bins.reduce((sum, bin) => sum + bin.labels, 0),
    3,
  )
})

t.test('performance of a model of numbers', async (t) => {
  const { app } = await build(t, mixedFiles())
  const answer = await predict(app, { features: [0.5, 'Ideal', 'yes'] })
  const { value } = answer.json().prediction
  const payload = { prediction_id: answer.headers['x-prediction-id'], label: value + 2 }
  t.strictSame((await app.inject({ method: 'POST', url: '/feedback', payload })).json(), { result: 'matched' })
  t.match(await ask<PerformanceAnswer>(app, 'performance'), {
    type: 'number',
    rmse: 2,
    mae: 2,
    bias: 2,
    accuracy: null,
    recall: [],
    estimate: { accuracy: null, error: null },
  })
})

t.test('live: requests, rows, errors and latency', async (t) => {
  const { app } = await build(t)
  await predict(app, { rows: [SETOSA, SETOSA] })
  await predict(app, { features: SETOSA })
  await predict(app, { features: [] })
  await app.inject('/nothing')
  const sum = (
    of: readonly LiveAnswer['now'][],
    rate: 'requests_per_second' | 'predictions_per_second' | 'errors_per_second',
  ) => Math.round(of.reduce((total, point) => total + point[rate], 0) * 5)
  let answer = await ask<LiveAnswer>(app, 'live')
  while (sum(answer.series, 'requests_per_second') < 2) {
    await sleep(200)
    answer = await ask<LiveAnswer>(app, 'live')
  }
  const { processes, step_seconds, series } = answer
  t.equal(processes, 1)
  t.equal(step_seconds, 5)
  t.equal(series.length, 59)
  t.equal(sum(series, 'requests_per_second'), 2)
  t.equal(sum(series, 'predictions_per_second'), 3)
  t.equal(sum(series, 'errors_per_second'), 1)
  const { latency_seconds: latency } = series.find((point) => point.requests_per_second > 0)!
  t.ok(latency.p50! > 0 && latency.p99! >= latency.p50!)
})

t.test('a model without a reference is served and not watched', async (t) => {
  const { 'reference.json': _, ...files } = irisFiles()
  const { app } = await build(t, files)
  t.equal((await predict(app, { features: SETOSA })).statusCode, 200)
  for (const path of ['drift', 'performance']) {
    const answer = await app.inject(`/monitoring/${path}`)
    t.match(answer.json(), { statusCode: 404, code: 'API_ERR_UNWATCHED' })
  }
  t.match((await app.inject('/monitoring/drift?model=other')).json(), {
    statusCode: 404,
    code: 'API_ERR_MODEL_UNKNOWN',
  })
})
