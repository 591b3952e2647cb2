import { pino } from 'pino'
import t from 'tap'
import { build, buildUnloaded } from '../app.ts'
import { keysFile } from '../keys.ts'

t.test('a line for each admin call, whatever the level', async (t) => {
  const lines: string[] = []
  const logger = pino({ level: 'error' }, { write: (line) => lines.push(line) })
  const apiKeysFile = keysFile(t, { root: 'admin', ann: 'predict' })
  const { app } = await buildUnloaded(t, undefined, { apiKeysFile }, false, logger)
  const post = (url: string, headers = {}) => app.inject({ method: 'POST', url, headers })
  await post('/model/reload?model=iris&x=secret', { 'x-api-key': 'root-key', 'x-request-id': 'r1' })
  await post('/model/reload', { 'x-api-key': 'ann-key' })
  await post('/model/reload')
  await app.inject({ url: '/models', headers: { 'x-api-key': 'ann-key' } })
  t.match(
    lines.map((line) => JSON.parse(line)),
    [
      { audit: true, level: 30, key: 'root', method: 'POST', path: '/model/reload', status: 200, reqId: 'r1' },
      { audit: true, key: 'ann', status: 403 },
      { audit: true, key: null, status: 401, remoteAddress: '127.0.0.1' },
    ],
  )
  t.equal(lines.length, 3)
  t.notMatch(lines.join(''), /secret|root-key/)
})

t.test('a silent log stays silent', async (t) => {
  const { app } = await build(t)
  t.equal((await app.inject({ method: 'POST', url: '/model/reload' })).statusCode, 200)
})
