import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FastifyInstance, fastify } from 'fastify'
import t, { type Test } from 'tap'
import { readBody } from '../src/body.ts'
import { listen } from '../src/listen.ts'
import { sendError } from '../src/plugins/app/errors.ts'

const LIMIT = 10

/** A route that answers the body's length and text. */
async function build(t: Test): Promise<FastifyInstance> {
  const app = fastify()
  t.teardown(() => app.close())
  app.setErrorHandler(sendError)
  const onRequest = (request: Parameters<typeof readBody>[0], reply: Parameters<typeof readBody>[1]) =>
    readBody(request, reply, LIMIT, (_request, reply, body) => void reply.send(`${body.length} ${body}`))
  app.post('/', { onRequest }, () => {})
  await app.ready()
  return app
}

/** Writes pieces, a moment between, and answers what comes back until the connection ends or is still. */
async function talk(t: Test, pieces: readonly string[]): Promise<string> {
  const app = await build(t)
  const socket = connect(await listen(app.server, '127.0.0.1', 0))
  t.teardown(() => socket.destroy())
  let text = ''
  socket.on('data', (data) => (text += data))
  await once(socket, 'connect')
  for (const piece of pieces) {
    socket.write(piece)
    await sleep(30)
  }
  const until = performance.now() + 5000
  while (!text.includes('\r\n\r\n') && performance.now() < until) await sleep(5)
  return text
}

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n'

t.test('whole, in pieces, and none', async (t) => {
  t.match(await talk(t, [`${HEAD}Content-Length: 5\r\n\r\nhello`]), /\r\n\r\n5 hello$/)
  t.match(await talk(t, [`${HEAD}Content-Length: 9\r\n\r\nab`, 'c', 'defghi']), /\r\n\r\n9 abcdefghi$/)
  t.match(
    await talk(t, [`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, '2\r\nde\r\n0\r\n\r\n']),
    /\r\n\r\n5 abcde$/,
  )
  t.match(await talk(t, [`${HEAD}Content-Length: 0\r\n\r\n`]), /\r\n\r\n0 $/)
  t.match(await talk(t, [`${HEAD}\r\n`]), /\r\n\r\n0 $/)
})

t.test('a body that is said to be too long is refused before it comes', async (t) => {
  const text = await talk(t, [`${HEAD}Content-Length: 11\r\n\r\n`])
  t.match(text, /^HTTP\/1\.1 413 .*"code":"API_ERR_TOO_LARGE"/s)
})

t.test('one that turns out to be is refused once, and the connection goes on', async (t) => {
  const chunk = '8\r\n12345678\r\n'
  const text = await talk(t, [
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk}`,
    chunk,
    chunk,
    `0\r\n\r\n${HEAD}Content-Length: 2\r\n\r\nok`,
  ])
  t.equal(text.match(/HTTP\/1\.1 413/g)?.length, 1)
  t.match(text, /HTTP\/1\.1 200 .*2 ok$/s)
})

t.test('a client that goes away in the middle breaks nothing', async (t) => {
  const app = await build(t)
  const port = await listen(app.server, '127.0.0.1', 0)
  const socket = connect(port)
  await once(socket, 'connect')
  socket.write(`${HEAD}Content-Length: 9\r\n\r\nab`)
  await sleep(30)
  socket.destroy()
  await sleep(30)
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'still' })
  t.equal(await answer.text(), '5 still')
})
