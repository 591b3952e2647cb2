import t from 'tap'
import { build, predict } from '../app.ts'
import { keysFile } from '../keys.ts'

const SETOSA = [5.1, 3.5, 1.4, 0.2]

t.test('one label, again, another, and what is none', async (t) => {
  const { app } = await build(t)
  const { headers } = await predict(app, { features: SETOSA })
  const id = headers['x-prediction-id']
  const post = async (prediction_id: unknown, label: unknown) =>
    (await app.inject({ method: 'POST', url: '/feedback', payload: { prediction_id, label } })).json().result
  t.equal(await post(id, 'dahlia'), 'invalid')
  t.equal(await post(`${id}.0`, 'setosa'), 'matched', 'a batch of one row')
  t.equal(await post(id, 'setosa'), 'repeated')
  t.equal(await post(id, 'virginica'), 'conflict')
  t.equal(await post(`${id}.1`, 'setosa'), 'unmatched')
  const { body } = await app.inject('/metrics')
  for (const result of ['matched', 'repeated', 'conflict', 'unmatched', 'invalid']) {
    t.ok(body.includes(`copse_feedback_total{model="iris",version="1",result="${result}"} 1`), result)
  }
  t.ok(body.includes('copse_feedback_total{model="iris",version="1",result="late"} 0'))
  t.ok(body.includes('copse_feedback_accuracy{model="iris",version="1"} 1'))
})

t.test('many labels are answered in their order', async (t) => {
  const { app } = await build(t)
  const { headers } = await predict(app, { rows: [SETOSA, SETOSA] })
  const id = headers['x-prediction-id']
  const labels = [`${id}.1`, 'unknown', `${id}.0`, `${id}.1`].map((prediction_id) => ({
    prediction_id,
    label: 'setosa',
  }))
  const answer = await app.inject({ method: 'POST', url: '/feedback', payload: { labels } })
  t.strictSame(answer.json(), { results: ['matched', 'unmatched', 'matched', 'repeated'] })
})

t.test('a body of another form is refused with the path of its fault', async (t) => {
  const { app } = await build(t)
  const cases: [unknown, number, string, string | undefined][] = [
    [[], 400, 'API_ERR_BODY', ''],
    [{ labels: [] }, 400, 'API_ERR_BODY', '/labels'],
    [{ labels: [1] }, 400, 'API_ERR_BODY', '/labels/0'],
    [{ labels: [], extra: 1 }, 400, 'API_ERR_UNKNOWN_KEY', ''],
    [{ prediction_id: 'a', label: 'b', extra: 1 }, 400, 'API_ERR_UNKNOWN_KEY', ''],
    [{ label: 'b' }, 400, 'API_ERR_VALUE', '/prediction_id'],
    [{ prediction_id: '', label: 'b' }, 400, 'API_ERR_VALUE', '/prediction_id'],
    [{ prediction_id: 'a'.repeat(129), label: 'b' }, 400, 'API_ERR_VALUE', '/prediction_id'],
    [{ prediction_id: 'a', label: null }, 400, 'API_ERR_VALUE', '/label'],
    [{ prediction_id: 'a', label: 'b'.repeat(1025) }, 400, 'API_ERR_VALUE', '/label'],
    [{ labels: [{ prediction_id: 'a', label: 1 }, { prediction_id: 'a' }] }, 400, 'API_ERR_VALUE', '/labels/1/label'],
    [{ labels: new Array(10_001).fill({ prediction_id: 'a', label: 1 }) }, 413, 'API_ERR_TOO_MANY_ROWS', '/labels'],
  ]
  for (const [payload, statusCode, code, path] of cases) {
    const answer = await app.inject({ method: 'POST', url: '/feedback', payload: payload as object })
    t.match(answer.json(), { statusCode, code, path }, JSON.stringify(payload).slice(0, 80))
  }
  t.equal((await app.inject({ method: 'POST', url: '/feedback', payload: 'x' })).statusCode, 415)
})

t.test('needs the scope feedback', async (t) => {
  const apiKeysFile = keysFile(t, { ann: 'predict', eve: 'feedback', root: 'admin' })
  const { app } = await build(t, undefined, { apiKeysFile })
  const payload = { prediction_id: 'a', label: 'setosa' }
  const post = (headers = {}) => app.inject({ method: 'POST', url: '/feedback', payload, headers })
  t.equal((await post()).statusCode, 401)
  t.equal((await post({ 'x-api-key': 'ann-key' })).statusCode, 403)
  t.equal((await post({ 'x-api-key': 'eve-key' })).statusCode, 200)
  t.equal((await post({ 'x-api-key': 'root-key' })).statusCode, 200)
})
