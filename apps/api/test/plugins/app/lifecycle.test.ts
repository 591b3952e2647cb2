import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { listen } from '../../../src/listen.ts'
import { build } from '../../app.ts'

const LIVEZ = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'

async function listening(t: Test): Promise<{ app: FastifyInstance; open: () => Promise<Socket> }> {
  const { app } = await build(t)
  const port = await listen(app.server, '127.0.0.1', 0)
  return {
    app,
    async open() {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8')
      t.teardown(() => socket.destroy())
      await once(socket, 'connect')
      return socket
    },
  }
}

/** Sends a request, or the rest of one, and gives its answer. */
async function ask(socket: Socket, text = LIVEZ): Promise<string> {
  socket.write(text)
  const [answer] = await once(socket, 'data')
  return answer
}

t.test('an app that does not listen is drained at once', async (t) => {
  const { app } = await build(t)
  t.equal(app.lifecycle.draining, false)
  await app.lifecycle.drain(0)
  t.equal(app.lifecycle.draining, true)
})

t.test('in the delay it is not ready, takes connections and keeps them', async (t) => {
  const { app, open } = await listening(t)
  const drained = app.lifecycle.drain(300)
  const socket = await open()
  t.match(await ask(socket, LIVEZ.replace('livez', 'readyz')), /^HTTP\/1\.1 503 /)
  const answer = await ask(socket)
  t.match(answer, /^HTTP\/1\.1 200 /)
  t.notMatch(answer, /connection: close/i)
  t.equal(app.server.listening, true)
  await drained
  await t.rejects(open(), { code: 'ECONNREFUSED' })
})

t.test('the listener is closed first; then each connection ends with its next answer', async (t) => {
  const { app, open } = await listening(t)
  const [kept, slow] = [await open(), await open()]
  await ask(kept)
  slow.write(LIVEZ.slice(0, 20))
  const drained = app.lifecycle.drain(0)
  while (app.server.listening) await sleep(1)
  const ended = Promise.all([once(kept, 'end'), once(slow, 'end')])
  for (const [socket, text] of [
    [kept, LIVEZ],
    [slow, LIVEZ.slice(20)],
  ] as const) {
    const answer = await ask(socket, text)
    t.match(answer, /^HTTP\/1\.1 200 /)
    t.match(answer, /connection: close/i)
  }
  await ended
  await drained
})

t.test('of several processes none ends a connection before all have closed their listeners', async (t) => {
  const { app, open } = await listening(t)
  const socket = await open()
  let close = () => {}
  const all = new Promise<void>((resolve) => {
    close = resolve
  })
  const drained = app.lifecycle.drain(0, () => all)
  while (app.server.listening) await sleep(1)
  t.notMatch(await ask(socket), /connection: close/i)
  close()
  await sleep(0)
  t.match(await ask(socket), /connection: close/i)
  await drained
})

t.test('connections that say nothing are ended, whether they ever did or not', async (t) => {
  const { app, open } = await listening(t)
  const [idle, silent] = [await open(), await open()]
  await ask(idle)
  const ended = Promise.all([once(idle, 'close'), once(silent.resume(), 'close')])
  await app.lifecycle.drain(0)
  await ended
})
