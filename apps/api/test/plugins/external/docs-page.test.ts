import t from 'tap'
import { sendError } from '../../../src/plugins/app/errors.ts'
import { docsPage } from '../../../src/plugins/external/docs-page.ts'

t.test('the document is asked for at each look', async (t) => {
  let version = 0
  const page = await docsPage(() => ({ openapi: '3.1.0', info: { title: 'a', version: String(++version) } }), sendError)
  t.teardown(() => page.close())
  for (const expected of ['1', '2']) {
    t.match((await page.inject('/docs/json')).json(), { info: { title: 'a', version: expected } })
  }
})

t.test('the page may load nothing from elsewhere and be framed by nobody else', async (t) => {
  const page = await docsPage(() => ({}), sendError)
  t.teardown(() => page.close())
  const answer = await page.inject('/docs')
  t.match(answer.headers['content-type'], /^text\/html/)
  const policy = String(answer.headers['content-security-policy']).split(/; */)
  for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'"]) {
    t.ok(policy.includes(rule), rule)
  }
  t.notMatch(answer.body, /(?:href|src)="(?:https?:)?\/\//)
})

t.test('a file that there is not is an error like those of the service', async (t) => {
  const page = await docsPage(() => ({}), sendError)
  t.teardown(() => page.close())
  for (const url of ['/docs/static/nothing.js', '/docs/static/..%2f..%2fpackage.json', '/docs/nothing']) {
    const answer = await page.inject(url)
    t.match(answer.json(), { statusCode: 404, code: 'API_ERR_NOT_FOUND' }, url)
  }
})
