import Fastify from 'fastify'
import t from 'tap'
import { ApiError } from '../../../src/errors.ts'
import errors, { asApiError } from '../../../src/plugins/app/errors.ts'

async function thrower(thrown: unknown) {
  const app = Fastify()
  await app.register(errors)
  app.get('/', () => {
    throw thrown
  })
  app.post('/', () => 'posted')
  return app
}

t.test('an ApiError is answered with its status, code and path', async (t) => {
  const app = await thrower(new ApiError('API_ERR_VALUE', 'It must be a number.', { path: '/features/0' }))
  const { statusCode, headers, body } = await app.inject('/')
  t.equal(statusCode, 400)
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  t.equal(
    body,
    '{"statusCode":400,"code":"API_ERR_VALUE","error":"Bad Request","message":"It must be a number.","path":"/features/0"}',
  )
})

t.test('any other error is a 500 that tells nothing', async (t) => {
  for (const thrown of [
    new TypeError('secret'),
    Object.assign(new Error('secret'), { statusCode: 502 }),
    new ApiError('API_ERR_GOLDEN', 'secret'),
  ]) {
    const { statusCode, body } = await (await thrower(thrown)).inject('/')
    t.equal(statusCode, 500)
    t.strictSame(JSON.parse(body), {
      statusCode: 500,
      code: 'API_ERR_INTERNAL',
      error: 'Internal Server Error',
      message: 'Something went wrong here; the log has more.',
    })
  }
})

t.test('errors of others are told in our words: theirs may repeat what was sent', async (t) => {
  t.match(asApiError(Object.assign(new Error('secret'), { statusCode: 418, code: 'X', name: 'x' })), {
    code: 'API_ERR_REQUEST',
    message: 'The request could not be read.',
  })
  t.match(asApiError(Object.assign(new Error('secret'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', name: 'x' })), {
    code: 'API_ERR_TOO_LARGE',
  })
})

t.test('an unknown route is a 404, a known one with another method a 405 that says which', async (t) => {
  const app = await thrower(new Error('unused'))
  const secret = await app.inject('/secret?x=1')
  t.equal(secret.statusCode, 404)
  t.match(secret.json(), { code: 'API_ERR_NOT_FOUND' })
  t.notOk(secret.body.includes('secret'))
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
    const wrong = await app.inject({ method, url: '/?x=1' })
    t.match(wrong.json(), { statusCode: 405, code: 'API_ERR_METHOD' })
    t.equal(wrong.headers.allow, 'GET, HEAD, POST')
  }
})
