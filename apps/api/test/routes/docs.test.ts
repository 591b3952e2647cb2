import t from 'tap'
import { build, buildUnloaded } from '../app.ts'
import { mixedFiles, writeBundle } from '../bundle.ts'

t.test('the document has the names of the model that is served now', async (t) => {
  const { app, directory } = await build(t)
  const first = await app.inject('/openapi.json')
  t.match(first.headers['content-type'], /^application\/json/)
  t.ok(first.body.includes('petal_length'))
  writeBundle(directory, mixedFiles())
  await app.models.default.unload()
  await app.models.default.reload()
  const second = (await app.inject('/openapi.json')).body
  t.ok(second.includes('carat'))
  t.notOk(second.includes('petal_length'))
})

t.test('the document is there without a model', async (t) => {
  const { app } = await buildUnloaded(t)
  t.match((await app.inject('/openapi.json')).json(), { openapi: '3.1.0', info: { title: 'Copse' } })
})

t.test('the page and everything that it loads come from here', async (t) => {
  const { app, directory } = await build(t)
  const page = await app.inject('/docs')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-type'], /^text\/html/)
  t.match(page.headers['content-security-policy'], /^default-src 'self';/)
  const loaded = Array.from(page.body.matchAll(/(?:href|src)="([^"]+)"/g), ([, url]) => url!)
  t.ok(loaded.length >= 6)
  for (const url of loaded) {
    t.match(url, /^\/docs\/static\//)
    t.equal((await app.inject(url)).statusCode, 200, url)
  }
  const initializer = (await app.inject('/docs/static/swagger-initializer.js')).body
  t.match(initializer, /validatorUrl: null/)
  t.ok((await app.inject('/docs/json')).body.includes('petal_length'))
  writeBundle(directory, mixedFiles())
  await app.models.default.unload()
  await app.models.default.reload()
  t.ok((await app.inject('/docs/json')).body.includes('carat'), 'the page shows the new model too')
  t.match((await app.inject('/docs/nothing')).json(), { statusCode: 404, code: 'API_ERR_NOT_FOUND' })
})
