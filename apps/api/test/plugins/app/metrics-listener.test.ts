import t from 'tap'
import { listen } from '../../../src/listen.ts'
import { build } from '../../app.ts'

t.test('serves the metrics of the app and nothing else, and ends with it', async (t) => {
  const { app } = await build(t, undefined, { metricsPort: 0 })
  const server = app.metricsListener!
  const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`
  const metrics = await fetch(`${url}/metrics?x=1`)
  t.equal(metrics.status, 200)
  t.match(metrics.headers.get('content-type'), /^text\/plain/)
  t.ok((await metrics.text()).includes('copse_model_info{'))
  const other = await fetch(`${url}/predict`)
  t.match(await other.json(), { statusCode: 404, code: 'API_ERR_NOT_FOUND' })
  const wrong = await fetch(`${url}/metrics`, { method: 'POST' })
  t.match(await wrong.json(), { statusCode: 405, code: 'API_ERR_METHOD' })
  await app.close()
  t.equal(server.listening, false)
  t.equal((await build(t)).app.metricsListener, undefined, 'there is none on the same port')
})
