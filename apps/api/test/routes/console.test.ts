import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { build } from '../app.ts'
import { buildWithPage, INDEX, SCRIPT } from '../page.ts'

t.test('the page is there, with a policy that lets in nothing from elsewhere', async (t) => {
  const app = await buildWithPage(t)
  const { statusCode, headers, body } = await app.inject('/')
  t.equal(statusCode, 200)
  t.equal(body, INDEX)
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.equal(headers['cache-control'], 'no-cache')
  t.equal(headers['x-content-type-options'], 'nosniff')
  t.equal(headers['referrer-policy'], 'no-referrer')
  const policy = String(headers['content-security-policy'])
  t.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /)
  t.match(policy, /frame-ancestors 'none'/)
  t.notMatch(policy, /unsafe|data:|\*|http/)
})

t.test('assets are kept for ever, compressed for who takes it, and not sent twice', async (t) => {
  const app = await buildWithPage(t)
  const plain = await app.inject('/assets/main-ABC.js')
  t.equal(plain.body, SCRIPT)
  t.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8')
  t.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
  t.equal(plain.headers['content-encoding'], undefined)
  t.equal(plain.headers.vary, 'accept-encoding')

  const gzipped = await app.inject({ url: '/assets/main-ABC.js', headers: { 'accept-encoding': 'br, gzip;q=0.8' } })
  t.equal(gzipped.headers['content-encoding'], 'gzip')
  t.equal(gunzipSync(gzipped.rawPayload).toString(), SCRIPT)
  t.equal(gzipped.headers.etag, plain.headers.etag)
  const refused = await app.inject({ url: '/assets/main-ABC.js', headers: { 'accept-encoding': 'gzip;q=0' } })
  t.equal(refused.headers['content-encoding'], undefined)

  const known = await app.inject({
    url: '/assets/main-ABC.js',
    headers: { 'if-none-match': `"x", W/${plain.headers.etag}` },
  })
  t.equal(known.statusCode, 304)
  t.equal(known.body, '')
  const head = await app.inject({ method: 'HEAD', url: '/assets/main-ABC.js' })
  t.equal(head.statusCode, 200)
  t.equal(head.headers['content-length'], String(SCRIPT.length))
})

t.test('nothing else is served, whatever the name', async (t) => {
  const app = await buildWithPage(t)
  for (const name of ['notes.txt', 'nowhere.js', '..%2findex.html', '%2e%2e%2f%2e%2e%2fforest.copse', '__proto__']) {
    const { statusCode, body } = await app.inject(`/assets/${name}`)
    t.equal(statusCode, 404, name)
    t.match(JSON.parse(body), { code: 'API_ERR_NOT_FOUND' })
  }
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 405)
})

t.test('without the option there is no page', async (t) => {
  const { app } = await build(t)
  t.equal((await app.inject('/')).statusCode, 404)
})
