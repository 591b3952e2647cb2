import { createServer } from 'node:http'
import t from 'tap'
import { listen } from '../src/listen.ts'

t.test('answers the port it got', async (t) => {
  const server = createServer()
  t.teardown(() => server.close())
  t.ok((await listen(server, '127.0.0.1', 0)) > 0)
})

t.test('a taken port is one sentence', async (t) => {
  const first = createServer()
  t.teardown(() => first.close())
  const port = await listen(first, '127.0.0.1', 0)
  await t.rejects(listen(createServer(), '127.0.0.1', port), {
    code: 'API_ERR_LISTEN',
    message: `Port ${port} of 127.0.0.1 is taken; another is chosen with COPSE_PORT (--port).`,
  })
})

t.test('an address of another machine is one sentence', async (t) => {
  await t.rejects(listen(createServer(), '192.0.2.1', 0), {
    code: 'API_ERR_LISTEN',
    message: /^192\.0\.2\.1 is not an address of this machine; .*\.$/,
  })
})
