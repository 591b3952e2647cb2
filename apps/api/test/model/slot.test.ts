import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ApiError } from '../../src/errors.ts'
import { ModelSlot } from '../../src/model/slot.ts'
import { ORIGIN, TestSource } from '../app.ts'
import { irisFiles, irisForest, mixedFiles, writeBundle } from '../bundle.ts'

t.test('is empty until the first load', async (t) => {
  const slot = new ModelSlot(new TestSource(writeBundle(t.testdir(), irisFiles())))
  t.equal(slot.current, undefined)
  t.equal(slot.last, undefined)
  t.match(await slot.reload(), { result: 'swapped', error: undefined })
  t.match(slot.current, { name: 'iris', version: '1' })
})

t.test('swaps to another bundle, and keeps the same one', async (t) => {
  const directory = writeBundle(t.testdir(), irisFiles())
  const slot = new ModelSlot(new TestSource(directory))
  await slot.reload()
  const first = slot.current!
  t.match(await slot.reload(), { result: 'unchanged' })
  t.equal(slot.current!.bundle, first.bundle)
  t.equal(slot.current!.loadedAt, first.loadedAt)
  writeBundle(directory, irisFiles(irisForest(0.5)))
  t.match(await slot.reload(), { result: 'swapped' })
  t.not(slot.current!.bundle.sha256, first.bundle.sha256)
})

t.test('the same bytes as a new version are a swap', async (t) => {
  const source = new TestSource(writeBundle(t.testdir(), irisFiles()))
  const slot = new ModelSlot(source)
  await slot.reload()
  source.located = {
    ...(source.located as object as { directory: string; bundleSha256: undefined }),
    origin: { ...ORIGIN, version: '2' },
  }
  t.match(await slot.reload(), { result: 'swapped' })
  t.equal(slot.current!.version, '2')
})

t.test('a load that fails keeps the model and says why', async (t) => {
  const directory = writeBundle(t.testdir(), irisFiles())
  const source = new TestSource(directory)
  const slot = new ModelSlot(source)
  await slot.reload()
  const first = slot.current
  writeFileSync(join(directory, 'forest.copse'), 'broken')
  t.match(await slot.reload(), { result: 'failed', error: { code: 'API_ERR_CHECKSUM' } })
  t.equal(slot.current, first)
  t.match(slot.last, { result: 'failed' })

  source.located = new ApiError('API_ERR_REGISTRY', 'Down.')
  t.match(await slot.reload(), { result: 'failed', error: { code: 'API_ERR_REGISTRY' } })
  source.located = new TypeError('a fault of ours')
  t.match(await slot.reload(), { result: 'failed', error: { code: 'API_ERR_INTERNAL' } })
  t.equal(slot.current, first)
})

t.test('another signature is refused while a model serves, and loads into an empty place', async (t) => {
  const directory = writeBundle(t.testdir(), irisFiles())
  const slot = new ModelSlot(new TestSource(directory))
  await slot.reload()
  const first = slot.current
  writeBundle(directory, mixedFiles())
  t.match(await slot.reload(), {
    result: 'failed',
    error: { code: 'API_ERR_SIGNATURE', message: /it has 3 features, not 4/ },
  })
  t.equal(slot.current, first)
  await slot.unload()
  t.match(await slot.reload(), { result: 'swapped' })
})

t.test('one load at a time; callers that come meanwhile share the next', async (t) => {
  const source = new TestSource(writeBundle(t.testdir(), irisFiles()))
  const slot = new ModelSlot(source)
  const heard: string[] = []
  slot.addListener(({ result }) => heard.push(result))
  const first = slot.reload()
  const second = slot.reload()
  t.equal(slot.reload(), second)
  t.not(first, second)
  await Promise.all([first, second])
  t.equal(source.calls, 2)
  t.strictSame(heard, ['swapped', 'unchanged'])
  await slot.reload()
  t.equal(source.calls, 3)
})

t.test('a load that comes while another runs sees what was there when it was asked for', async (t) => {
  const directory = t.testdir()
  const source = new TestSource(writeBundle(join(directory, 'old'), irisFiles()))
  const slot = new ModelSlot(source)
  const running = slot.reload()
  source.located = {
    directory: writeBundle(join(directory, 'new'), irisFiles(irisForest(0.5))),
    origin: ORIGIN,
    bundleSha256: undefined,
  }
  await slot.reload()
  t.match(await running, { result: 'swapped' })
  t.equal(slot.current!.forest.predictProba([[5.9, 3, 4.2, 1.5]])[0]![1], 0.5)
})
