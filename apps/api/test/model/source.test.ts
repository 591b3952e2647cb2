import { resolve } from 'node:path'
import * as tracking from '@copse/tracking'
import {
  type ModelVersion,
  parseModelReference,
  type Registry,
  type ResolvedModel,
  type Tracking,
  TrackingError,
  type TrackingOptions,
  type WatchOptions,
} from '@copse/tracking'
import t from 'tap'
import { type Finder, openSources } from '../../src/model/source.ts'

const SETTINGS = { models: ['models:/iris@champion'], home: '/home', tracking: {} }
const VERSION = {
  name: 'iris',
  version: '3',
  aliases: ['champion'],
  runId: 'run',
  source: '/home/models/3',
  tags: { 'copse.bundle_sha256': 'ab', 'copse.accuracy': '0.95' },
  createdAt: 1000,
}

/** A registry that answers what a test puts here. */
class TestFinder implements Finder {
  answer: ResolvedModel | Error = { directory: '/cache/iris/3', version: VERSION, stale: false }
  opened: TrackingOptions[] = []
  asked: [string, string][] = []
  closed = 0
  watched: [string, string, number][] = []
  refusesToOpen = false
  parseModelReference = parseModelReference

  async openTracking(options: TrackingOptions): Promise<Tracking> {
    this.opened.push(options)
    if (this.refusesToOpen) throw new TrackingError('TRACKING_ERR_UNREACHABLE', 'no')
    return { close: async () => void this.closed++ } as Tracking
  }

  async *watchAlias(_registry: Registry, name: string, alias: string, { intervalMs, onError, onAnswer }: WatchOptions) {
    this.watched.push([name, alias, intervalMs!])
    onError?.(new TrackingError('TRACKING_ERR_UNREACHABLE', 'no'))
    onAnswer?.()
    yield VERSION as ModelVersion
    yield undefined
  }

  async resolveModel(_tracking: Tracking, reference: string, { cache }: { cache: string }): Promise<ResolvedModel> {
    this.asked.push([reference, cache])
    if (this.answer instanceof Error) throw this.answer
    return this.answer
  }
}

const silent = () => {}

function openSource(...parameters: Parameters<typeof openSources>) {
  return openSources(...parameters)[0]!
}

t.test('a directory', async (t) => {
  const finder = new TestFinder()
  const source = openSource({ ...SETTINGS, models: ['file:./some/iris'] }, finder, silent)
  t.match(source, { reference: 'file:./some/iris', name: 'iris', remote: false })
  t.match(await source.locate(), {
    directory: resolve('some/iris'),
    bundleSha256: undefined,
    origin: { name: 'iris', version: undefined, stale: false, aliases: [] },
  })
  await source.close()
  t.equal(finder.opened.length, 0, 'no registry is opened for it')
})

t.test('the local store', async (t) => {
  const finder = new TestFinder()
  const source = openSource(SETTINGS, finder, silent)
  t.match(source, { name: 'iris', remote: false })
  t.equal(finder.opened.length, 0, 'opened when first asked')
  t.strictSame(await source.locate(), {
    directory: '/cache/iris/3',
    bundleSha256: 'ab',
    origin: {
      reference: 'models:/iris@champion',
      name: 'iris',
      version: '3',
      aliases: ['champion'],
      runId: 'run',
      tags: VERSION.tags,
      registeredAt: 1000,
      stale: false,
    },
  })
  t.strictSame(finder.asked, [['models:/iris@champion', '/home/cache/models']])
  t.match(finder.opened, [{ home: '/home', uri: undefined, readOnly: true }])
  await source.locate()
  t.equal(finder.opened.length, 1)
  await source.close()
  t.equal(finder.closed, 1)
})

t.test('a server', async (t) => {
  const finder = new TestFinder()
  const auth = { token: 'x' }
  const source = openSource({ ...SETTINGS, tracking: { uri: 'http://mlflow:5000', auth } }, finder, silent)
  t.equal(source.remote, true)
  finder.answer = { directory: '/cache/iris/3', version: VERSION, stale: true }
  t.match(await source.locate(), { origin: { stale: true } })
  t.match(finder.opened, [{ uri: 'http://mlflow:5000', auth }])

  finder.refusesToOpen = true
  const other = openSource({ ...SETTINGS, tracking: { uri: 'http://mlflow:5000' } }, finder, silent)
  await t.rejects(other.locate(), { code: 'API_ERR_REGISTRY' })
  finder.refusesToOpen = false
  t.match(await other.locate(), { directory: '/cache/iris/3' }, 'opening is tried again')
  await other.close()
})

t.test('what the registry throws, in our codes', async (t) => {
  const finder = new TestFinder()
  const local = openSource(SETTINGS, finder, silent)
  const remote = openSource({ ...SETTINGS, tracking: { uri: 'http://mlflow:5000' } }, finder, silent)

  finder.answer = new TrackingError('TRACKING_ERR_NOT_FOUND', 'There is no model "iris" in /home')
  const absent = { code: 'API_ERR_MODEL_ABSENT', message: 'There is no model "iris" in /home; `pnpm train` makes one.' }
  await t.rejects(local.locate(), absent)
  await t.rejects(remote.locate(), { code: 'API_ERR_MODEL_ABSENT', message: 'There is no model "iris" in /home.' })

  finder.answer = new TrackingError('TRACKING_ERR_UNREACHABLE', 'http://mlflow:5000 does not answer')
  await t.rejects(remote.locate(), { code: 'API_ERR_REGISTRY', message: 'http://mlflow:5000 does not answer.' })
  finder.answer = new TrackingError('TRACKING_ERR_HTTP', 'It failed', { status: 502 })
  await t.rejects(remote.locate(), { code: 'API_ERR_REGISTRY' })
  finder.answer = new TrackingError('TRACKING_ERR_HTTP', 'It refused', { status: 403 })
  await t.rejects(remote.locate(), { code: 'API_ERR_BUNDLE' })
  finder.answer = new TrackingError('TRACKING_ERR_CHECKSUM', 'It is broken.')
  await t.rejects(remote.locate(), { code: 'API_ERR_BUNDLE', message: 'It is broken.' })
})

t.test('a reference of no known form is a wrong setting', async (t) => {
  for (const model of ['iris', 'models:/iris', 'models:/iris@', 'file:', 's3://bucket/model']) {
    t.throws(() => openSource({ ...SETTINGS, models: [model] }, new TestFinder(), silent), {
      code: 'API_ERR_SETTING',
      message: /^COPSE_MODEL \(--model\) must be models:\/NAME@ALIAS, models:\/NAME\/VERSION or file:DIRECTORY, not /,
    })
  }
})

t.test('several references are several sources, and none twice', async (t) => {
  const models = ['models:/iris@champion', 'models:/iris/1', 'file:./churn']
  const sources = openSources({ ...SETTINGS, models }, new TestFinder(), silent)
  t.strictSame(
    sources.map(({ name }) => name),
    ['iris', 'iris', 'churn'],
  )
  t.throws(() => openSources({ ...SETTINGS, models: ['file:./a', 'file:./a'] }, new TestFinder(), silent), {
    code: 'API_ERR_SETTING',
    message: 'COPSE_MODEL (--model) names "file:./a" twice.',
  })
})

t.test('only an alias can be watched, and is looked at within the interval', async (t) => {
  const finder = new TestFinder()
  const sources = openSources({ ...SETTINGS, models: ['models:/iris/1', 'file:./churn'] }, finder, silent)
  for (const { watch } of sources) t.equal(watch, undefined)
  const looks: (string | undefined)[] = []
  const versions: (string | undefined)[] = []
  const { signal } = new AbortController()
  const onLook = (error: Error | undefined) => looks.push(error?.message)
  for await (const version of openSource(SETTINGS, finder, silent).watch!({ intervalMs: 1200, signal, onLook })) {
    versions.push(version)
  }
  t.strictSame(versions, ['3', undefined])
  t.strictSame(looks, ['no', undefined])
  t.strictSame(finder.watched, [['iris', 'champion', 1000]])
})

t.test('a registry takes the time between looks, whatever the interval is', async (t) => {
  const home = t.testdir()
  for (const intervalMs of [1, 100, 9999, 10_000]) {
    const end = new AbortController()
    const source = openSource({ ...SETTINGS, home }, tracking, silent)
    const looks: (string | undefined)[] = []
    const onLook = (error: Error | undefined) => looks.push(error?.message)
    for await (const version of source.watch!({ intervalMs, signal: end.signal, onLook })) {
      t.equal(version, undefined, 'there is no such alias yet')
      break
    }
    end.abort()
    await source.close()
    t.strictSame(looks, [undefined], `the look at ${intervalMs} ms was answered`)
  }
})
