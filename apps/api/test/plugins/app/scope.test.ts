import t from 'tap'
import { build } from '../../app.ts'

t.test('with no keys file everything is open on loopback', async (t) => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) {
    const { app } = await build(t, undefined, { host })
    t.equal((await app.inject({ method: 'POST', url: '/model/reload' })).statusCode, 200, host)
  }
})

t.test('and on any other address admin routes are closed', async (t) => {
  const { app, source } = await build(t, undefined, { host: '0.0.0.0' })
  const before = source.calls
  const refused = await app.inject({ method: 'POST', url: '/model/reload' })
  t.match(refused.json(), { statusCode: 403, code: 'API_ERR_ADMIN_CLOSED' })
  t.equal(source.calls, before)
  for (const url of ['/health', '/model/info', '/models', '/metrics', '/openapi.json'])
    t.equal((await app.inject(url)).statusCode, 200, url)
})
