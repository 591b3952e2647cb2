import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ApiError } from '../../src/errors.ts'
import { follow } from '../../src/model/follow.ts'
import { ModelSlot } from '../../src/model/slot.ts'
import type { WatchSourceOptions } from '../../src/model/source.ts'
import { ORIGIN, TestSource } from '../app.ts'
import { irisFiles, irisForest, writeBundle } from '../bundle.ts'

/** A source whose alias a test moves; `looks` are what each look gives, the last one again and again. */
class WatchedSource extends TestSource {
  looks: (string | undefined | Error)[] = ['1']

  async *watch({ intervalMs, signal, onLook }: WatchSourceOptions) {
    let before: string | undefined | null = null
    while (!signal.aborted) {
      const look = this.looks.length > 1 ? this.looks.shift() : this.looks[0]
      if (look instanceof TypeError) throw look
      onLook(look instanceof Error ? look : undefined)
      if (!(look instanceof Error) && look !== before) {
        before = look
        yield look
      }
      await sleep(intervalMs)
    }
  }
}

function followed(t: Test, remote = true) {
  const cwd = t.testdir()
  const one = writeBundle(join(cwd, 'one'), irisFiles())
  const two = writeBundle(join(cwd, 'two'), irisFiles(irisForest(0.5)))
  const source = new WatchedSource(one, remote)
  const slot = new ModelSlot(source)
  const end = new AbortController()
  t.teardown(() => end.abort())
  const looks: (string | undefined)[] = []
  follow(slot, { intervalMs: 2, signal: end.signal, onLook: (error) => looks.push(error?.message) })
  const moveTo = (version: string, directory = two) => {
    source.located = { directory, origin: { ...ORIGIN, version }, bundleSha256: undefined }
    source.looks = [version]
  }
  return { source, slot, end, looks, moveTo, one, two }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}

t.test('a move of the alias is loaded, and nothing else is', async (t) => {
  for (const remote of [true, false]) {
    const { slot, source, moveTo } = followed(t, remote)
    await slot.reload()
    await sleep(30)
    t.equal(source.calls, 1, 'the version that serves is not loaded again')
    moveTo('2')
    await until(() => slot.current!.version === '2')
    t.equal(source.calls, 2)
  }
})

t.test('a version that does not pass stays out, and is tried again', async (t) => {
  const { slot, source, moveTo, two } = followed(t)
  await slot.reload()
  moveTo('2', '/nowhere')
  await until(() => slot.last!.error !== undefined)
  t.match(slot, { current: { version: '1' }, last: { result: 'failed', error: { code: 'API_ERR_BUNDLE' } } })
  moveTo('2', two)
  await until(() => slot.current!.version === '2')
  t.equal(slot.last!.error, undefined)
  t.ok(source.calls >= 3)
})

t.test('an alias that is gone leaves what serves', async (t) => {
  const { slot, source } = followed(t)
  await slot.reload()
  source.located = new ApiError('API_ERR_MODEL_ABSENT', 'There is none.')
  source.looks = [undefined]
  await until(() => slot.last!.error !== undefined)
  t.match(slot, { current: { version: '1' }, last: { error: { code: 'API_ERR_MODEL_ABSENT' } } })
})

t.test('a registry that goes away is told, and nothing is loaded', async (t) => {
  const { slot, source, looks } = followed(t)
  await slot.reload()
  source.looks = [new Error('It does not answer.')]
  await until(() => slot.stale)
  t.equal(slot.current!.version, '1')
  source.looks = [new TypeError('a watch that ends'), '1']
  await until(() => !slot.stale)
  t.ok(looks.includes('a watch that ends'))
  t.equal(looks.at(-1), undefined)
})

t.test('an old version from the cache is replaced when the registry is back', async (t) => {
  const { slot, source, one } = followed(t)
  source.located = { directory: one, origin: { ...ORIGIN, stale: true }, bundleSha256: undefined }
  source.looks = [new Error('It does not answer.')]
  await slot.reload()
  await until(() => source.calls > 2)
  t.equal(slot.stale, true)
  source.located = { directory: one, origin: ORIGIN, bundleSha256: undefined }
  source.looks = ['1']
  await until(() => !slot.stale)
  t.equal(slot.current!.version, '1')
})

t.test('a model that was unloaded is left alone', async (t) => {
  const { slot, moveTo, source } = followed(t)
  await slot.reload()
  await slot.unload()
  moveTo('2')
  await sleep(30)
  t.equal(slot.current, undefined)
  t.equal(source.calls, 1)
})

t.test('nothing happens after the end', async (t) => {
  const { slot, source, end, moveTo } = followed(t)
  await slot.reload()
  end.abort()
  moveTo('2')
  await sleep(30)
  t.equal(source.calls, 1)
})
