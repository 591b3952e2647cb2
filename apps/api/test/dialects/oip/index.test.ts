import { deflateSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, buildUnloaded } from '../../app.ts'
import { irisForest, mixedFiles, mixedForest } from '../../bundle.ts'

const ROW = [5.1, 3.5, 1.4, 0.2]
const TENSOR = { name: 'features', shape: [1, 4], datatype: 'FP32', data: ROW }

async function infer(app: FastifyInstance, body: unknown, headers: Record<string, string> = {}, version = '') {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return app.inject({ method: 'POST', url: `/v2/models/iris${version}/infer`, payload, headers })
}

t.test('one row, with and without a version, and with no Content-Type', async (t) => {
  const { app } = await build(t)
  for (const version of ['', '/versions/1']) {
    const answer = await infer(app, { id: 'mine', inputs: [TENSOR] }, {}, version)
    t.equal(answer.statusCode, 200)
    t.match(answer.headers, { 'content-type': 'application/json', 'x-prediction-id': /^[0-9a-f-]{36}$/ })
    t.strictSame(answer.json(), {
      model_name: 'iris',
      model_version: '1',
      id: 'mine',
      parameters: { prediction_id: answer.headers['x-prediction-id'] },
      outputs: [
        { name: 'label', datatype: 'BYTES', shape: [1], data: ['setosa'] },
        { name: 'probabilities', datatype: 'FP64', shape: [1, 3], data: [1, 0, 0] },
      ],
    })
  }
  for (const type of [
    'application/json',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'text/plain',
  ]) {
    t.equal((await infer(app, { inputs: [TENSOR] }, { 'content-type': type })).statusCode, 200, type)
  }
})

t.test('every row is what the forest says', async (t) => {
  const { app } = await build(t)
  const rows = [ROW, [6, 3, 4.5, 1.5], [6.5, 3, 5.5, 2]]
  const answer = (await infer(app, { inputs: [{ ...TENSOR, shape: [3, 4], data: rows }] })).json()
  t.strictSame(answer.outputs[0].data, irisForest().predict(rows))
  t.strictSame(
    answer.outputs[1].data,
    irisForest()
      .predictProba(rows)
      .flatMap((row) => [...row]),
  )
})

t.test('categories and missing values, regression', async (t) => {
  const { app } = await build(t, mixedFiles())
  const inputs = [
    { name: 'carat', shape: [2, 1], datatype: 'FP64', data: [0.5, null] },
    { name: 'cut', shape: [2], datatype: 'BYTES', data: ['Good', 'Unheard'] },
    { name: 'a/b~c "d"', shape: [2], datatype: 'BYTES', data: ['yes', 'no'] },
  ]
  const expected = mixedForest().predict([
    [0.5, 'Good', 'yes'],
    [null, 'Unheard', 'no'],
  ])
  t.strictSame((await infer(app, { inputs })).json().outputs, [
    { name: 'value', datatype: 'FP64', shape: [2], data: expected },
  ])
})

t.test('binary both ways', async (t) => {
  const { app } = await build(t)
  const tensor = Buffer.from(Float32Array.from(ROW).buffer)
  const json = Buffer.from(
    JSON.stringify({
      inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP32', parameters: { binary_data_size: 16 } }],
      outputs: [{ name: 'probabilities', parameters: { binary_data: true } }, { name: 'label' }],
    }),
  )
  const header = { 'inference-header-content-length': String(json.length) }
  const answer = await infer(app, Buffer.concat([json, tensor]), header)
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'application/octet-stream')
  const length = Number(answer.headers['inference-header-content-length'])
  const { outputs } = JSON.parse(answer.rawPayload.subarray(0, length).toString())
  t.strictSame(outputs, [
    { name: 'probabilities', datatype: 'FP64', shape: [1, 3], parameters: { binary_data_size: 24 } },
    { name: 'label', datatype: 'BYTES', shape: [1], data: ['setosa'] },
  ])
  t.strictSame(answer.rawPayload.subarray(length), Buffer.from(Float64Array.of(1, 0, 0).buffer))
  t.equal((await infer(app, tensor, { 'inference-header-content-length': '0' })).statusCode, 200)
  for (const wrong of ['-1', 'x', '1e3', '', '99999', '99999999999999999999', '1.5']) {
    const { statusCode, body } = await infer(app, json, { 'inference-header-content-length': wrong })
    t.equal(statusCode, 400, wrong)
    t.match(JSON.parse(body), { error: /^Inference-Header-Content-Length/ })
  }
})

t.test('compressed bodies', async (t) => {
  const { app } = await build(t)
  const text = JSON.stringify({ inputs: [TENSOR] })
  t.equal((await infer(app, gzipSync(text), { 'content-encoding': 'gzip' })).statusCode, 200)
  t.equal((await infer(app, deflateSync(text), { 'content-encoding': 'deflate' })).statusCode, 200)
  t.equal((await infer(app, text, { 'content-encoding': 'gzip' })).statusCode, 400)
  t.equal((await infer(app, text, { 'content-encoding': 'br' })).statusCode, 415)
  const bomb = gzipSync(`{"inputs":[${' '.repeat(40_000_000)}]}`)
  t.ok(bomb.length < 2 ** 20)
  const { statusCode, body } = await infer(app, bomb, { 'content-encoding': 'gzip' })
  t.equal(statusCode, 413)
  t.match(JSON.parse(body), { error: /must be at most \d+ bytes/ })
})

t.test('errors are {"error"} and nothing else, and repeat nothing', async (t) => {
  const { app } = await build(t)
  async function refused(t: Test, body: unknown, status: number, error: RegExp) {
    const answer = await infer(app, body)
    t.equal(answer.statusCode, status)
    t.equal(answer.headers['content-type'], 'application/json')
    t.strictSame(Object.keys(answer.json()), ['error'])
    t.match(answer.json().error, error)
    t.notMatch(answer.body, /k9secret/)
  }
  const data = (value: unknown) => ({ inputs: [{ ...TENSOR, data: [1, value, 3, 4] }] })
  await refused(t, '', 400, /The body is empty/)
  await refused(t, '{"inputs":[{"k9secret', 400, /The body is not JSON/)
  await refused(t, Buffer.from([0x7b, 0xff, 0x7d]), 400, /not UTF-8/)
  for (const value of ['k9secret', true, null, { k9secret: 1 }, '1.5']) {
    await refused(t, data(value), 400, /^Input "features", value 1: "sepal_width" must .*\(at \/inputs\/0\/data\/1\)$/)
  }
  await refused(t, JSON.stringify(data(0)).replace(',0,', ',1e999,'), 400, /value 1: .*range of a 32-bit float/)
  await refused(t, JSON.stringify(data(0)).replace(',0,', ',Infinity,'), 400, /not JSON/)
  await refused(t, { inputs: [{ ...TENSOR, name: 'k9secret' }] }, 400, /^Input 0 must have as its name/)
  await refused(t, { inputs: [TENSOR, TENSOR] }, 400, /twice/)
  await refused(t, { inputs: [{ ...TENSOR, shape: [-1, 4] }] }, 400, /as its shape. \(at \/inputs\/0\/shape\)/)
  await refused(t, { inputs: [{ ...TENSOR, datatype: 'INT64' }] }, 400, /value 0: it must be a whole number/)
  await refused(t, { inputs: [{ ...TENSOR, shape: [10_001, 4] }] }, 413, /at most 40000 values/)
  await refused(t, `{"inputs":${'['.repeat(3000)}${']'.repeat(3000)}}`, 400, /Input 0 must be an object/)
  await refused(t, ' '.repeat(20_000_000), 413, /must be at most/)
})

t.test('models that are not there', async (t) => {
  const { app } = await buildUnloaded(t)
  const early = await infer(app, { inputs: [TENSOR] })
  t.equal(early.statusCode, 503)
  t.strictSame(Object.keys(early.json()), ['error'])
  t.equal(early.headers['retry-after'], '1')
  t.match((await app.inject('/v2/health/ready')).json(), { ready: false })
  t.equal((await app.inject('/v2/health/ready')).statusCode, 503)
  t.equal((await app.inject('/v2/health/live')).statusCode, 200)
  t.equal((await app.inject('/v2/models/iris/ready')).statusCode, 503)
  await app.models.default.reload()
  t.strictSame((await app.inject('/v2/health/ready')).json(), { ready: true })
  for (const url of [
    '/v2/models/other',
    '/v2/models/iris/versions/2',
    '/v2/models/other/ready',
    '/v2/models/other/stats',
  ]) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 404, url)
    t.strictSame(Object.keys(answer.json()), ['error'])
  }
  t.equal((await infer(app, { inputs: [TENSOR] }, {}, '/versions/9')).statusCode, 404)
  t.equal((await app.inject({ method: 'POST', url: '/v2/models/other/infer', payload: '{}' })).statusCode, 404)
})

t.test('server and model metadata', async (t) => {
  const { app } = await build(t)
  for (const url of ['/v2', '/v2/']) {
    const answer = await app.inject(url)
    t.match(answer.json(), { name: 'copse', version: /^\d/, extensions: ['binary_tensor_data', 'model_configuration'] })
  }
  t.strictSame((await app.inject('/v2/health/live')).json(), { live: true })
  for (const url of ['/v2/models/iris', '/v2/models/iris/versions/1']) {
    t.match((await app.inject(url)).json(), { name: 'iris', versions: ['1'], platform: 'copse_forest' })
  }
  t.strictSame((await app.inject('/v2/models/iris/ready')).json(), { name: 'iris', ready: true })
  t.match((await app.inject('/v2/models/iris/versions/1/config')).json(), { name: 'iris', max_batch_size: 10_000 })
})

t.test('unknown routes and methods', async (t) => {
  const { app } = await build(t)
  for (const url of ['/v2/', '/v2/models', '/v2/models/iris/versions', '/v2/models/iris/explain', '/v2/nothing']) {
    const answer = await app.inject({ method: 'POST', url })
    t.equal(answer.statusCode, url === '/v2/' ? 405 : 404, url)
    t.strictSame(Object.keys(answer.json()), ['error'], url)
  }
  const answer = await app.inject('/v2/models/iris/infer')
  t.equal(answer.statusCode, 405)
  t.equal(answer.headers.allow, 'POST')
  t.strictSame(answer.json(), { error: 'This route takes POST only.' })
})

t.test('statistics tell requests and rows, queue and compute apart', async (t) => {
  const { app } = await build(t)
  await infer(app, { inputs: [TENSOR] })
  await infer(app, { inputs: [{ ...TENSOR, shape: [2, 4], data: [...ROW, ...ROW] }] })
  await infer(app, { inputs: [] })
  for (const url of ['/v2/models/stats', '/v2/models/iris/stats', '/v2/models/iris/versions/1/stats']) {
    const { model_stats } = (await app.inject(url)).json()
    t.equal(model_stats.length, 1)
    t.match(model_stats[0], { name: 'iris', version: '1', inference_count: 3, execution_count: 2 })
    const { success, fail, queue, compute_input, compute_infer, compute_output } = model_stats[0].inference_stats
    t.strictSame([success.count, fail.count, queue.count, compute_infer.count], [2, 1, 2, 2])
    for (const { ns } of [success, fail, compute_input, compute_infer, compute_output]) t.ok(ns > 0 && ns < 1e10)
    const parts = queue.ns + compute_input.ns + compute_infer.ns + compute_output.ns
    t.ok(parts <= success.ns + 4, 'the parts are within the whole')
    t.strictSame(
      model_stats[0].batch_stats.map((batch: { batch_size: number }) => batch.batch_size),
      [1, 2],
    )
  }
  await app.models.load('iris')
  t.equal((await app.inject('/v2/models/iris/stats')).json().model_stats[0].execution_count, 2, 'the same bytes go on')
})

t.test('the repository: index, unload, load', async (t) => {
  const { app, source } = await build(t)
  const post = (url: string, payload = '') => app.inject({ method: 'POST', url: `/v2/repository/${url}`, payload })
  t.strictSame((await post('index')).json(), [{ name: 'iris', version: '1', state: 'READY', reason: '' }])
  const unloaded = await post('models/iris/unload', '{"parameters":{"unload_dependents":false}}')
  t.strictSame([unloaded.statusCode, unloaded.body], [200, ''])
  t.match((await post('index', '{}')).json(), [{ name: 'iris', state: 'UNAVAILABLE', reason: /./ }])
  t.strictSame((await post('index', '{"ready":true}')).json(), [])
  t.equal((await infer(app, { inputs: [TENSOR] })).statusCode, 503)
  const loaded = await post('models/iris/load')
  t.strictSame([loaded.statusCode, loaded.body], [200, ''])
  t.equal((await infer(app, { inputs: [TENSOR] })).statusCode, 200)
  for (const action of ['load', 'unload']) {
    t.equal((await post(`models/other/${action}`)).statusCode, 404)
    t.equal((await post(`models/iris/${action}`, '[]')).statusCode, 400)
  }
  for (const parameters of ['{"config":"{}"}', '{"file:1/model.onnx":"eA=="}']) {
    t.equal(
      (await post('models/iris/load', `{"parameters":${parameters}}`)).statusCode,
      400,
      'nothing is loaded from a request',
    )
  }
  t.equal((await post('index', '{"ready":1}')).statusCode, 400)
  t.equal((await post('index', 'x')).statusCode, 400)
  source.located = new Error('secret place')
  const failed = await post('models/iris/load')
  t.equal(failed.statusCode, 409)
  t.notMatch(failed.body, /secret place/)
  t.equal((await infer(app, { inputs: [TENSOR] })).statusCode, 200, 'the one before stays')
})

t.test('load and unload are closed where admin routes are', async (t) => {
  const { app } = await build(t, undefined, { host: '0.0.0.0' })
  for (const action of ['load', 'unload']) {
    const answer = await app.inject({ method: 'POST', url: `/v2/repository/models/iris/${action}` })
    t.equal(answer.statusCode, 403)
    t.strictSame(Object.keys(answer.json()), ['error'])
  }
  t.equal((await app.inject({ method: 'POST', url: '/v2/repository/index' })).statusCode, 200)
})
