import assert from 'node:assert/strict'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { iris, kFold, readCsv, split } from '@copse/dataset'
import { accuracy, argmax, Forest, logLoss, train } from '@copse/model'
import { buildReference, parseReference } from '@copse/monitoring'
import { openTracking, parseModelReference } from '@copse/tracking'

const folder = await mkdtemp(join(tmpdir(), 'copse-consumer-'))

test(`runs on Node ${process.env.EXPECTED_NODE}`, () => {
  assert.equal(process.versions.node.split('.')[0], process.env.EXPECTED_NODE)
})

test('a forest has the same bytes with and without workers, and survives a file', async () => {
  const here = await train(iris(), { nEstimators: 20, seed: 7 })
  const wide = await train(iris(), { nEstimators: 20, seed: 7 }, { workers: 2 })
  assert.deepEqual(Buffer.from(wide.data), Buffer.from(here.data))
  await writeFile(join(folder, 'forest.copse'), here.data)
  const loaded = Forest.from(await readFile(join(folder, 'forest.copse')))
  assert.deepEqual(loaded.predict([[5.1, 3.5, 1.4, 0.2]]), ['setosa'])
  assert.equal(
    loaded.predictProba([{ sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }])[0].length,
    3,
  )
})

test('the metrics measure a held-out part', async () => {
  const data = iris()
  const parts = split(data, { testShare: 0.3, seed: 1 })
  const forest = await train(data.select(parts.train), { nEstimators: 30, seed: 1 })
  const held = data.select(parts.test)
  const probabilities = new Float64Array(held.rows * 3)
  forest.predictInto(held.columns, probabilities)
  assert.ok(accuracy(held.target, argmax(probabilities, 3)) > 0.85)
  assert.ok(logLoss(held.target, probabilities, 3) < 1)
  assert.equal(kFold(data, { folds: 5, seed: 1 }).length, 5)
})

test('a CSV with a category, a gap and a number target trains a regression', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `${i % 7 === 0 ? '' : i},${'abc'[i % 3]},${i * 2 + (i % 3)}`)
  await writeFile(join(folder, 'values.csv'), `x,kind,y\n${lines.join('\n')}\n`)
  const forest = await train(await readCsv(join(folder, 'values.csv'), { target: 'y' }), { nEstimators: 20, seed: 3 })
  const [value] = forest.predict([{ x: 30, kind: 'a' }])
  assert.ok(Math.abs(value - 60) < 12)
})

test('a bad row and a broken file are refused with a code', async () => {
  const forest = await train(iris(), { nEstimators: 2, seed: 7 })
  assert.throws(() => forest.predict([[5.1, 3.5]]), { code: 'MODEL_ERR_ROW' })
  assert.throws(() => Forest.from(forest.data.subarray(0, 100)), { code: /^MODEL_ERR_FILE_/ })
})

test('a run is tracked in the local store and its model is found again', async () => {
  const tracking = await openTracking({ home: join(folder, 'home') })
  const run = await tracking.startRun({ experiment: 'consumer', runName: 'first' })
  await run.logParams({ trees: 20 })
  await run.logMetrics({ accuracy: 0.95 })
  await run.end('FINISHED')
  assert.equal(await tracking.registry.get('nothing', { alias: 'champion' }), undefined)
  await tracking.close()
  assert.equal(parseModelReference('models:/iris@champion').kind, 'alias')
})

test('a reference profile is built and read back', () => {
  const { signature, columns, rows } = iris()
  const probabilities = new Float64Array(rows * 3).map((_, i) => (i % 3 === 0 ? 1 : 0))
  const reference = buildReference({ signature, columns, probabilities, modelSha256: '0'.repeat(64) })
  assert.deepEqual(parseReference(JSON.parse(JSON.stringify(reference))), reference)
})
