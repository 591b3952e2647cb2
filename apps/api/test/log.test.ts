import t from 'tap'
import { serviceLog } from '../src/log.ts'
import { buildUnloaded } from './app.ts'

function log() {
  const lines: string[] = []
  return { lines, logger: serviceLog('info', { write: (line: string) => lines.push(line) }) }
}

t.test('credentials are hidden', async (t) => {
  const { lines, logger } = log()
  const headers = { authorization: 'Bearer hush', 'x-api-key': 'hush', cookie: 'hush', accept: 'text/html' }
  logger.info({
    headers,
    request: { headers },
    tracking: { auth: { username: 'ann', password: 'hush' } },
    token: 'hush',
  })
  t.notMatch(lines.join(''), /hush/)
  t.match(lines.join(''), /"authorization":"\(hidden\)".*"accept":"text\/html".*"username":"ann"/)
})

t.test('of a request the method, the path and the address', async (t) => {
  const { lines, logger } = log()
  const { app } = await buildUnloaded(t, undefined, {}, false, logger)
  await app.inject({ url: '/livez?key=hush', headers: { authorization: 'Bearer hush', 'x-request-id': 'r1' } })
  t.match(
    lines.map((line) => JSON.parse(line)),
    [
      { reqId: 'r1', req: { method: 'GET', path: '/livez', remoteAddress: '127.0.0.1' }, msg: 'incoming request' },
      { reqId: 'r1', res: { statusCode: 200 }, msg: 'request completed' },
    ],
  )
  t.notMatch(lines.join(''), /hush/)
})
