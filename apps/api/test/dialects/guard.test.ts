import { fastify } from 'fastify'
import t from 'tap'
import { lengthGuard, plainGuard } from '../../src/dialects/guard.ts'
import { sendError } from '../../src/plugins/app/errors.ts'

t.test('bodies are refused before anything of them is read', async (t) => {
  const app = fastify()
  t.teardown(() => app.close())
  app.setErrorHandler(sendError)
  app.addContentTypeParser('*', () => t.fail('read'))
  app.post('/', { onRequest: [plainGuard, lengthGuard(() => undefined)] }, () => 'ok')
  const send = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/', headers })
  t.equal((await send({ 'content-length': '1048577' })).statusCode, 413)
  t.equal((await send({ 'content-encoding': 'gzip' })).statusCode, 415)
  t.equal((await send({ 'content-encoding': 'Identity' })).statusCode, 200)
  t.equal((await send({})).statusCode, 200)
})
