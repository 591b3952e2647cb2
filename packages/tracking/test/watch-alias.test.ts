import t from 'tap'
import { type ModelVersion, type Registry, TrackingError, watchAlias } from '../src/index.ts'

const version = (number: string) => ({ name: 'iris', version: number, aliases: [], source: '', tags: {}, createdAt: 0 })

function registryOf(answers: (ModelVersion | undefined | Error)[]): Registry {
  const get = async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return answer
  }
  return { get } as unknown as Registry
}

t.test('each change once, through an outage, until it is stopped', async (t) => {
  const away = new TrackingError('TRACKING_ERR_UNREACHABLE', 'away')
  const registry = registryOf([
    undefined,
    undefined,
    version('1'),
    version('1'),
    away,
    version('1'),
    version('2'),
    undefined,
  ])
  const stop = new AbortController()
  const errors: string[] = []
  const seen: (string | undefined)[] = []
  let answers = 0
  const options = {
    intervalMs: 1,
    signal: stop.signal,
    onError: ({ code }: TrackingError) => errors.push(code),
    onAnswer: () => answers++,
  }
  for await (const found of watchAlias(registry, 'iris', 'champion', options)) {
    seen.push(found?.version)
    if (seen.length === 4) stop.abort()
  }
  t.same(seen, [undefined, '1', '2', undefined])
  t.same(errors, ['TRACKING_ERR_UNREACHABLE'])
  t.equal(answers, 7)
})

t.test('what will not pass ends it', async (t) => {
  const registry = registryOf([new TrackingError('TRACKING_ERR_HTTP', 'no')])
  await t.rejects(watchAlias(registry, 'iris', 'champion').next(), { code: 'TRACKING_ERR_HTTP' })
  await t.rejects(watchAlias(registry, 'iris', 'champion', { intervalMs: 0 }).next(), { code: 'TRACKING_ERR_OPTION' })
})
