import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { listen } from '../src/listen.ts'
import { build } from './app.ts'

/** Sends bytes and answers all that comes until the server ends the connection. */
async function send(port: number, ...parts: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  for (const part of parts) socket.write(part)
  await once(socket, 'end')
  socket.destroy()
  return text
}

t.test('what is not HTTP gets an answer in the usual shape, and the connection ends', async (t) => {
  const { app } = await build(t)
  const port = await listen(app.server, '127.0.0.1', 0)
  const answer = await send(port, 'HELLO\r\n\r\n')
  const [head, body] = answer.split('\r\n\r\n')
  t.match(head, /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/)
  t.match(JSON.parse(body!), { statusCode: 400, code: 'API_ERR_REQUEST', error: 'Bad Request' })
  t.notOk(answer.includes('HELLO'))
  t.match(await send(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`), /431 .*API_ERR_HEADERS/s)
  t.match(
    await send(
      port,
      'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    ),
    /"code":"API_ERR_REQUEST"/,
  )
})

t.test('a body of 20 MB is refused without cutting the client off, and the connection goes on', async (t) => {
  const { app } = await build(t)
  const url = `http://127.0.0.1:${await listen(app.server, '127.0.0.1', 0)}/predict`
  const headers = { 'content-type': 'application/json' }
  for (const body of ['1'.repeat(20_000_000), new Blob(['1'.repeat(20_000_000)]).stream()]) {
    const answer = await fetch(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    t.equal(answer.status, 413)
    t.match(await answer.json(), { code: 'API_ERR_TOO_LARGE' })
  }
  const next = await fetch(url, { method: 'POST', headers, body: '{"features":[5.1,3.5,1.4,0.2]}' })
  t.equal(next.status, 200)
})
