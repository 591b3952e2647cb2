import { fastify } from 'fastify'
import t from 'tap'
import { sendPrediction } from '../../src/dialects/send.ts'

t.test('type, id and length, and the headers that hooks set', async (t) => {
  const app = fastify()
  t.teardown(() => app.close())
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-one', '1')
    reply.raw.setHeader('x-two', '2')
  })
  app.get('/text', (_request, reply) => sendPrediction(reply, 'text/x', 'id-1', 'größer'))
  app.get('/bytes', (_request, reply) => sendPrediction(reply, 'text/y', 'id-2', Buffer.from('abc')))
  const text = await app.inject('/text')
  t.equal(text.statusCode, 200)
  t.equal(text.body, 'größer')
  t.match(text.headers, { 'content-type': 'text/x', 'x-prediction-id': 'id-1', 'x-one': '1', 'x-two': '2' })
  t.equal(Number(text.headers['content-length']), 8)
  const bytes = await app.inject('/bytes')
  t.match([bytes.body, bytes.headers], ['abc', { 'content-length': 3, 'x-prediction-id': 'id-2' }])
})
