import t from 'tap'
import { build, buildUnloaded, ORIGIN } from '../app.ts'

t.test('ok with a model', async (t) => {
  const { app } = await build(t)
  const sha256 = app.models.default.current!.bundle.sha256
  t.strictSame((await app.inject('/livez')).json(), { status: 'ok' })
  t.strictSame((await app.inject('/readyz')).json(), { status: 'ok' })
  const health = await app.inject('/health')
  t.equal(health.statusCode, 200)
  t.strictSame(health.json(), { status: 'ok', model: { name: 'iris', version: '1', sha256, stale: false } })
})

t.test('live but not ready without one', async (t) => {
  const { app } = await buildUnloaded(t)
  t.equal((await app.inject('/livez')).statusCode, 200)
  const ready = await app.inject('/readyz')
  t.equal(ready.statusCode, 503)
  t.strictSame(ready.json(), { status: 'loading' })
  const health = await app.inject('/health')
  t.equal(health.statusCode, 503)
  t.strictSame(health.json(), { status: 'loading', model: null })
})

t.test('live but not ready while draining', async (t) => {
  const { app } = await build(t)
  app.lifecycle.draining = true
  t.equal((await app.inject('/livez')).statusCode, 200)
  const ready = await app.inject('/readyz')
  t.equal(ready.statusCode, 503)
  t.strictSame(ready.json(), { status: 'draining' })
  t.match((await app.inject('/health')).json(), { status: 'draining', model: { name: 'iris' } })
})

t.test('a stale model is ready, and said to be stale', async (t) => {
  const { app, source, directory } = await build(t)
  source.located = { directory, origin: { ...ORIGIN, stale: true }, bundleSha256: undefined }
  await app.models.default.reload()
  const health = await app.inject('/health')
  t.equal(health.statusCode, 200)
  t.match(health.json(), { model: { stale: true } })
})
