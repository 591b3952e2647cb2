import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ApiError } from '../../src/errors.ts'
import { build, buildUnloaded, JSON_TYPE, predict } from '../app.ts'
import { IRIS, irisFiles, irisForest, mixedFiles, writeBundle } from '../bundle.ts'

t.test('info says what is served', async (t) => {
  const { app } = await build(t)
  const { statusCode, body } = await app.inject('/model/info')
  t.equal(statusCode, 200)
  const info = JSON.parse(body)
  t.strictSame(info.signature, IRIS)
  t.match(info, {
    name: 'iris',
    version: '1',
    aliases: ['champion'],
    reference: 'models:/iris@champion',
    stale: false,
    sha256: /^[0-9a-f]{64}$/,
    bundle_sha256: /^[0-9a-f]{64}$/,
    run_id: 'run-1',
    created_at: '2026-01-02T03:04:05.000Z',
    loaded_at: /^\d{4}-\d\d-\d\dT/,
    parameters: { nEstimators: 2, maxDepth: null, seed: 0 },
    aggregation: 'mean',
    trees: 2,
    nodes: 10,
    training: { rows: 150, score: 0.953, importances: [1, 0, 0, 0] },
    tags: { 'copse.accuracy': '0.9667' },
    last_reload: { result: 'swapped', at: /^\d{4}-/ },
  })
})

t.test('info needs a model', async (t) => {
  const { app } = await buildUnloaded(t)
  for (const url of ['/model/info', '/model/card'])
    t.match((await app.inject(url)).json(), { statusCode: 503, code: 'API_ERR_NOT_READY' })
})

t.test('the card', async (t) => {
  const { app, directory } = await build(t)
  const card = await app.inject('/model/card')
  t.equal(card.headers['content-type'], 'text/markdown; charset=utf-8')
  t.equal(card.body, '# Iris\n\nA card.\n')
  writeBundle(directory, mixedFiles())
  await app.models.default.unload()
  await app.models.default.reload()
  t.match((await app.inject('/model/card')).json(), { statusCode: 404, code: 'API_ERR_NOT_FOUND' })
})

t.test('reload swaps, and says when nothing is new', async (t) => {
  const { app, directory } = await build(t)
  const same = await app.inject({ method: 'POST', url: '/model/reload' })
  t.equal(same.statusCode, 200)
  t.match(same.json(), { result: 'unchanged', model: { name: 'iris', version: '1' } })
  writeBundle(directory, irisFiles(irisForest(0.5)))
  const other = await app.inject({ method: 'POST', url: '/model/reload', headers: JSON_TYPE, payload: '{}' })
  t.match(other.json(), { result: 'swapped', model: { sha256: app.models.default.current!.bundle.sha256 } })
  t.equal((await predict(app, { features: [5.9, 3, 4.2, 1.5] })).json().probabilities.versicolor, 0.5)
})

t.test('a model that does not load leaves the old one, and info says why', async (t) => {
  const { app, source, directory } = await build(t)
  writeFileSync(join(directory, 'forest.copse'), 'broken')
  const refused = await app.inject({ method: 'POST', url: '/model/reload' })
  t.match(refused.json(), { statusCode: 409, code: 'API_ERR_RELOAD_REFUSED', message: /the one before stays/ })
  t.equal((await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })).statusCode, 200)
  t.match((await app.inject('/model/info')).json().last_reload, {
    result: 'failed',
    code: 'API_ERR_CHECKSUM',
    message: 'forest.copse of the bundle does not have the sum that SHA256SUMS gives for it.',
  })

  source.located = new ApiError('API_ERR_REGISTRY', 'http://mlflow:5000 does not answer.')
  const unreachable = await app.inject({ method: 'POST', url: '/model/reload' })
  t.match(unreachable.json(), { statusCode: 503, code: 'API_ERR_REGISTRY' })
  t.equal(unreachable.headers['retry-after'], '1')
  t.equal((await app.inject('/readyz')).statusCode, 200)
})

t.test('reload does not look at a body, of whatever type', async (t) => {
  const { app } = await build(t)
  for (const type of ['text/plain', 'application/json', 'image/png']) {
    const answer = await app.inject({
      method: 'POST',
      url: '/model/reload',
      headers: { 'content-type': type },
      payload: '{"',
    })
    t.equal(answer.statusCode, 200, type)
  }
})

t.test('many reloads at once are few loads', async (t) => {
  const { app, source } = await build(t)
  const before = source.calls
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => app.inject({ method: 'POST', url: '/model/reload' })),
  )
  t.ok(answers.every(({ statusCode }) => statusCode === 200))
  t.ok(source.calls - before <= 3, `${source.calls - before} loads`)
})
