import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { ApiError } from '../../../src/errors.ts'
import { buildUnloaded, ORIGIN } from '../../app.ts'

const DOWN = new ApiError('API_ERR_REGISTRY', 'It does not answer.')

t.test('a remote registry without an answer is asked again until it has one', async (t) => {
  const { app, source } = await buildUnloaded(t, undefined, { pollIntervalMs: 5 }, true)
  const { located } = source
  source.located = DOWN
  await app.models.default.reload()
  t.equal((await app.inject('/readyz')).statusCode, 503)
  while (source.calls < 3) await sleep(5)
  source.located = located
  while (app.models.default.current === undefined) await sleep(5)
  t.equal((await app.inject('/readyz')).statusCode, 200)
  const { calls } = source
  await sleep(50)
  t.equal(source.calls, calls, 'and then no more')
})

t.test('a stale model serves while the registry is asked again', async (t) => {
  const { app, source, directory } = await buildUnloaded(t, undefined, { pollIntervalMs: 5 }, true)
  source.located = { directory, origin: { ...ORIGIN, stale: true }, bundleSha256: undefined }
  await app.models.default.reload()
  t.equal((await app.inject('/readyz')).statusCode, 200)
  while (source.calls < 3) await sleep(5)
  source.located = { directory, origin: ORIGIN, bundleSha256: undefined }
  while (app.models.default.current!.origin.stale) await sleep(5)
  t.match((await app.inject('/model/info')).json(), { stale: false, last_reload: { result: 'unchanged' } })
})

t.test('a local one is not asked again', async (t) => {
  const { app, source } = await buildUnloaded(t, undefined, { pollIntervalMs: 5 })
  source.located = DOWN
  await app.models.default.reload()
  await sleep(50)
  t.equal(source.calls, 1)
})

t.test('closing ends the asking and the source', async (t) => {
  const { app, source } = await buildUnloaded(t, undefined, { pollIntervalMs: 5 }, true)
  source.located = DOWN
  await app.models.default.reload()
  await app.close()
  const { calls } = source
  await sleep(50)
  t.equal(source.calls, calls)
  t.equal(source.closed, true)
})

t.test('logs each change once', async (t) => {
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => lines.push(line) })
  const { app, source, directory } = await buildUnloaded(t, undefined, {}, true, logger)
  source.located = DOWN
  await app.models.default.reload()
  await app.models.default.reload()
  source.located = new ApiError('API_ERR_MODEL_ABSENT', 'There is none.')
  await app.models.default.reload()
  source.located = { directory, origin: { ...ORIGIN, stale: true }, bundleSha256: undefined }
  await app.models.default.reload()
  await app.models.default.reload()
  source.located = { directory, origin: ORIGIN, bundleSha256: undefined }
  await app.models.default.reload()
  source.located = new TypeError('a fault of ours')
  await app.models.default.reload()
  t.match(
    lines.map((line) => JSON.parse(line)),
    [
      { code: 'API_ERR_REGISTRY', reason: 'It does not answer.' },
      { code: 'API_ERR_MODEL_ABSENT' },
      { model: 'iris', version: '1', msg: /the last version it gave/ },
      { err: { stack: /a fault of ours/ } },
    ],
  )
  t.equal(lines.length, 4)
})
