import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { listen } from '../../../src/listen.ts'
import { build, JSON_TYPE, predict } from '../../app.ts'

const ROW = { features: [5.1, 3.5, 1.4, 0.2] }
const INFER = '/v2/models/iris/infer'

/** Answers of a route by status. */
async function counts(app: FastifyInstance, route: string): Promise<Record<string, number>> {
  const { body } = await app.inject('/metrics')
  const series = /^http_request_duration_seconds_count\{method="POST",route="([^"]+)",status_code="(\d+)"\} (\d+)$/gm
  return Object.fromEntries(
    [...body.matchAll(series)].flatMap(([, of, status, count]) => (of === route ? [[status!, Number(count)]] : [])),
  )
}

/** Once every request has left. */
async function left(app: FastifyInstance): Promise<void> {
  while (!(await app.inject('/metrics')).body.includes('\ncopse_queue_depth 0\n')) await sleep(5)
}

t.test('an answer, a refusal by the head and a fault of the body are each counted once, by status', async (t) => {
  const { app } = await build(t)
  t.equal((await predict(app, ROW)).statusCode, 200)
  t.equal((await predict(app, { features: [1] })).statusCode, 400)
  const plain = await app.inject({
    method: 'POST',
    url: '/predict',
    headers: { 'content-type': 'text/plain' },
    payload: 'x',
  })
  t.equal(plain.statusCode, 415)
  await left(app)
  t.strictSame(await counts(app, '/predict'), { 200: 1, 400: 1, 415: 1 })
})

t.test('what the head refuses is answered before the body has come', async (t) => {
  const { app } = await build(t)
  const socket = connect(await listen(app.server, '127.0.0.1', 0))
  socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n')
  const [answer] = await once(socket, 'data')
  t.match(String(answer), /^HTTP\/1\.1 415 /)
  socket.destroy()
  await left(app)
})

t.test('an answer that fails later is told in the form of its dialect', async (t) => {
  const { app } = await build(t)
  const { statusCode, json } = await app.inject({
    method: 'POST',
    url: INFER,
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    payload: Buffer.from('no gzip'),
  })
  t.equal(statusCode, 400)
  t.strictSame(Object.keys(json()), ['error'])
  await left(app)
  t.strictSame(await counts(app, '/v2/models/:model/infer'), { 400: 1 })
})

t.test('a client that goes away leaves, and is no answer', async (t) => {
  const { app } = await build(t)
  const socket = connect(await listen(app.server, '127.0.0.1', 0))
  socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{')
  while (!(await app.inject('/metrics')).body.includes('\ncopse_queue_depth 1\n')) await sleep(5)
  socket.destroy()
  await left(app)
  t.strictSame(await counts(app, '/predict'), {})
})
