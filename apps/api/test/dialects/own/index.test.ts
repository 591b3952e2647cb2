import t, { type Test } from 'tap'
import { build, buildUnloaded, JSON_TYPE, predict } from '../../app.ts'
import { mixedFiles, mixedForest, writeBundle } from '../../bundle.ts'

const SETOSA = {
  prediction: { class_id: 0, class_name: 'setosa', confidence: 1 },
  probabilities: { setosa: 1, versicolor: 0, virginica: 0 },
}
const VIRGINICA = {
  prediction: { class_id: 2, class_name: 'virginica', confidence: 0.875 },
  probabilities: { setosa: 0, versicolor: 0.125, virginica: 0.875 },
}

t.test('one row, positional or named', async (t) => {
  const { app } = await build(t)
  const positional = await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
  t.equal(positional.statusCode, 200)
  t.equal(positional.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(positional.json(), SETOSA)
  const features = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }
  t.equal((await predict(app, { features })).body, positional.body)
})

t.test('a batch', async (t) => {
  const { app } = await build(t)
  const { statusCode, body } = await predict(app, {
    rows: [[5.1, 3.5, 1.4, 0.2], { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 }],
  })
  t.equal(statusCode, 200)
  t.strictSame(JSON.parse(body), { predictions: [SETOSA, VIRGINICA] })
  t.strictSame((await predict(app, { rows: [[5.1, 3.5, 1.4, 0.2]] })).json(), { predictions: [SETOSA] })
})

t.test('regression, with categories and missing values', async (t) => {
  const { app } = await build(t, mixedFiles())
  const expected = mixedForest().predict([
    [0.5, 'Good', 'yes'],
    [null, null, 'no'],
    [9, 'Unheard', 'of'],
  ])
  const rows = [[0.5, 'Good', 'yes'], { 'a/b~c "d"': 'no' }, [9, 'Unheard', 'of']]
  t.strictSame((await predict(app, { rows })).json(), {
    predictions: expected.map((value) => ({ prediction: { value } })),
  })
  t.strictSame((await predict(app, { features: rows[0] })).json(), { prediction: { value: expected[0] } })
})

t.test('every prediction has an id of its own', async (t) => {
  const { app } = await build(t)
  const ids = new Set<unknown>()
  for (let i = 0; i < 3; i++) ids.add((await predict(app, { features: [1, 2, 3, 4] })).headers['x-prediction-id'])
  t.equal(ids.size, 3)
  for (const id of ids) t.match(id, /^[0-9a-f-]{36}$/)
  t.notOk('x-prediction-id' in (await predict(app, { features: [] })).headers)
})

t.test('a bad body is a 4xx that names the fault and never echoes it', async (t) => {
  const { app } = await build(t)
  const secret = 'k9secret'
  async function refused(t: Test, body: unknown, status: number, code: string, path: string | undefined) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await predict(app, text)
    t.equal(response.statusCode, status, text.slice(0, 60))
    const error = response.json()
    t.match(error, { statusCode: status, code, error: /^[A-Z]/, message: /\.$/ })
    t.equal(error.path, path)
    t.notOk(response.body.includes(secret))
  }
  await refused(t, { features: [5.1, secret, 1.4, 0.2] }, 400, 'API_ERR_VALUE', '/features/1')
  await refused(t, { features: [5.1, null, 1.4, 0.2] }, 400, 'API_ERR_MISSING', '/features/1')
  await refused(t, { features: [5.1, true, 1.4, 0.2] }, 400, 'API_ERR_VALUE', '/features/1')
  await refused(t, { features: [5.1, 3.5, 1.4] }, 400, 'API_ERR_LENGTH', '/features')
  await refused(t, { features: [5.1, 3.5, 1.4, 0.2, 1] }, 400, 'API_ERR_LENGTH', '/features')
  await refused(t, { features: { petal_hue: secret } }, 400, 'API_ERR_UNKNOWN_KEY', '/features/petal_hue')
  await refused(t, { features: [5.1, 3.5, 1.4, 0.2], extra: secret }, 400, 'API_ERR_UNKNOWN_KEY', '/extra')
  await refused(t, { features: [1, 2, 3, 4], rows: [[1, 2, 3, 4]] }, 400, 'API_ERR_BODY', '')
  await refused(t, '{"features":[5.1,NaN,1.4,0.2]}', 400, 'API_ERR_JSON', '')
  await refused(t, '{"features":[5.1,Infinity,1.4,0.2]}', 400, 'API_ERR_JSON', '')
  await refused(t, '{"features":[5.1,1e999,1.4,0.2]}', 400, 'API_ERR_VALUE', '/features/1')
  await refused(t, '{"__proto__":{"features":[1,2,3,4]}}', 400, 'API_ERR_UNKNOWN_KEY', '/__proto__')
  await refused(t, '{"features":{"constructor":{"prototype":1}}}', 400, 'API_ERR_UNKNOWN_KEY', '/features/constructor')
  await refused(t, `{"features":${'['.repeat(3000)}${']'.repeat(3000)}}`, 400, 'API_ERR_LENGTH', '/features')
  await refused(t, `{"features":[1,2,3,${'['.repeat(3000)}${']'.repeat(3000)}]}`, 400, 'API_ERR_VALUE', '/features/3')
  await refused(t, `${'['.repeat(3000)}`, 400, 'API_ERR_JSON', '')
  await refused(t, `{"${secret}`, 400, 'API_ERR_JSON', '')
  await refused(t, '', 400, 'API_ERR_JSON', '')
  await refused(t, 'null', 400, 'API_ERR_BODY', '')
  await refused(
    t,
    {
      rows: [
        [1, 2, 3, 4],
        [1, 2, secret, 4],
      ],
    },
    400,
    'API_ERR_VALUE',
    '/rows/1/2',
  )
  await refused(t, { rows: [[1, 2, 3, 4], { sepal_length: secret }] }, 400, 'API_ERR_VALUE', '/rows/1/sepal_length')
  await refused(t, { rows: Array(10_001).fill([1, 2, 3, 4]) }, 413, 'API_ERR_TOO_MANY_ROWS', '/rows')
  await refused(t, ' '.repeat(20_000_000), 413, 'API_ERR_TOO_LARGE', undefined)
})

t.test('bytes that are not UTF-8 are refused', async (t) => {
  const { app } = await build(t, mixedFiles())
  const payload = Buffer.from('{"features":[1,"\xff","no"]}', 'latin1')
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/predict', headers: JSON_TYPE, payload })
  t.equal(statusCode, 400)
  t.equal(JSON.parse(body).code, 'API_ERR_JSON')
})

t.test('only application/json as it is', async (t) => {
  const { app } = await build(t)
  async function send(headers: Record<string, string>) {
    const payload = '{"features":[1,2,3,4]}'
    return app.inject({ method: 'POST', url: '/predict', headers, payload })
  }
  t.equal((await send({ 'content-type': 'application/json; charset=utf-8' })).statusCode, 200)
  t.equal((await send({ ...JSON_TYPE, 'content-encoding': 'identity' })).statusCode, 200)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'x', '']) {
    t.match((await send({ 'content-type': type })).json(), { statusCode: 415, code: 'API_ERR_MEDIA_TYPE' }, type)
  }
  for (const encoding of ['gzip', 'GZIP', 'br', 'deflate', 'x-unknown', 'identity, gzip']) {
    const answer = (await send({ ...JSON_TYPE, 'content-encoding': encoding })).json()
    t.match(answer, { statusCode: 415, code: 'API_ERR_CONTENT_ENCODING' }, encoding)
  }
})

t.test('503 while no model is loaded, and the new model after a swap', async (t) => {
  const { app, directory } = await buildUnloaded(t)
  const early = await predict(app, { features: [1, 2, 3, 4] })
  t.match(early.json(), { statusCode: 503, code: 'API_ERR_NOT_READY' })
  t.equal(early.headers['retry-after'], '1')
  await app.models.default.reload()
  t.equal((await predict(app, { features: [1, 2, 3, 4] })).statusCode, 200)
  writeBundle(directory, mixedFiles())
  await app.models.default.unload()
  await app.models.default.reload()
  t.equal((await predict(app, { features: [1, 2, 3, 4] })).statusCode, 400)
  t.equal((await predict(app, { features: [1, 'Good', 'yes'] })).statusCode, 200)
})
