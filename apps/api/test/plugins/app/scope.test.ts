import t from 'tap'
import { build } from '../../app.ts'
import { keysFile } from '../../keys.ts'

t.test('with no keys file everything is open on loopback', async (t) => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) {
    const { app } = await build(t, undefined, { host })
    t.equal((await app.inject({ method: 'POST', url: '/model/reload' })).statusCode, 200, host)
  }
})

t.test('but no page of another origin calls an admin route through a browser', async (t) => {
  const { app, source } = await build(t, undefined, { host: '127.0.0.1' })
  const reload = (origin: string, host = 'localhost:3000') =>
    app.inject({ method: 'POST', url: '/model/reload', headers: { origin, host } })
  t.equal((await reload('http://localhost:3000')).statusCode, 200, 'its own page')
  t.equal((await reload('http://[::1]:3000', '[::1]:3000')).statusCode, 200)
  const before = source.calls
  for (const origin of ['https://example.com', 'http://localhost:5173', 'null', 'no origin']) {
    t.match((await reload(origin)).json(), { statusCode: 403, code: 'API_ERR_ORIGIN' }, origin)
  }
  const rebound = await reload('http://example.com:3000', 'example.com:3000')
  t.equal(rebound.statusCode, 403, 'nor one whose name was made to lead here')
  t.equal(source.calls, before)
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

t.test('with a keys file each scope needs a key that has it, on every address', async (t) => {
  const apiKeysFile = keysFile(t, { ann: 'predict', root: 'admin', eve: 'feedback' })
  const { app } = await build(t, undefined, { apiKeysFile })
  const call = (method: 'GET' | 'POST', url: string, headers = {}) => app.inject({ method, url, headers })
  const key = (name: string) => ({ 'x-api-key': `${name}-key` })

  for (const url of ['/livez', '/readyz', '/health', '/metrics', '/openapi.json', '/docs']) {
    t.ok((await call('GET', url)).statusCode < 400, `${url} is always open`)
  }
  for (const [method, url] of [
    ['GET', '/models'],
    ['GET', '/model/info'],
    ['GET', '/model/card'],
    ['POST', '/predict'],
    ['POST', '/model/reload'],
  ] as const) {
    const without = await call(method, url)
    t.match(without.json(), { statusCode: 401, code: 'API_ERR_KEY' }, url)
    t.equal(without.headers['www-authenticate'], 'Bearer')
    t.equal((await call(method, url, { 'x-api-key': 'nobody' })).statusCode, 401, url)
    t.match((await call(method, url, key('eve'))).json(), { statusCode: 403, code: 'API_ERR_SCOPE' }, url)
  }
  t.equal((await call('GET', '/model/info', key('ann'))).statusCode, 200)
  t.equal((await call('POST', '/model/reload', key('ann'))).statusCode, 403)
  t.equal((await call('POST', '/model/reload', key('root'))).statusCode, 200)
  t.equal((await call('GET', '/models', key('root'))).statusCode, 200, 'admin includes the others')
  for (const authorization of ['Bearer ann-key', 'bearer ann-key', 'BEARER  ann-key']) {
    t.equal((await call('GET', '/models', { authorization })).statusCode, 200, authorization)
  }
  for (const authorization of ['ann-key', 'Basic ann-key', 'Bearer', 'Bearer a b']) {
    t.equal((await call('GET', '/models', { authorization })).statusCode, 401, authorization)
  }
})

t.test('a keys file that cannot be used stops the start', async (t) => {
  await t.rejects(build(t, undefined, { apiKeysFile: '/nowhere/keys' }), { code: 'API_ERR_SETTING' })
})
