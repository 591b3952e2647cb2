import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  type ModelVersion,
  openTracking,
  type Registry,
  resolveModel,
  type Tracking,
  TrackingError,
} from '../src/index.ts'
import { bundleFiles, bundleSum } from './bundle-files.ts'

type Tap = Pick<typeof t, 'testdir'>

async function store(t: Tap, name = 'iris') {
  const directory = t.testdir({ one: bundleFiles('one'), two: bundleFiles('two') })
  const tracking = await openTracking({ home: join(directory, 'home') })
  const register = (bundle: string, alias?: string) =>
    tracking.withRun({ experiment: 'e' }, (run) =>
      run.logModel(join(directory, bundle), { name: 'forest', registeredModelName: name, alias }),
    )
  return { tracking, register, directory, cache: join(directory, 'cache') }
}

/** The same tracking, as if its server did not answer. */
function unreachable(tracking: Tracking): Tracking {
  const fail = async (): Promise<never> => {
    throw new TrackingError('TRACKING_ERR_UNREACHABLE', 'The tracking server cannot be reached')
  }
  const registry = { get: fail, versions: fail, download: fail } as unknown as Registry
  return { location: tracking.location, registry } as Tracking
}

t.test('file: is the directory itself', async (t) => {
  const { tracking, directory, cache } = await store(t)
  const found = await resolveModel(tracking, `file:${directory}/one`, { cache })
  t.same(found, { directory: join(directory, 'one'), stale: false })
  await t.rejects(resolveModel(tracking, 'file:./no/such/place', { cache }), {
    code: 'TRACKING_ERR_NOT_FOUND',
    message: `There is no model directory ${join(process.cwd(), 'no/such/place')}`,
  })
  await t.rejects(resolveModel(tracking, 'iris', { cache }), { code: 'TRACKING_ERR_REFERENCE' })
})

t.test('models:/ is downloaded once, to a directory named by version and content', async (t) => {
  const { tracking, register, cache } = await store(t)
  await register('one', 'champion')
  const found = await resolveModel(tracking, 'models:/iris@champion', { cache })
  t.match(found, {
    directory: join(cache, 'iris', `1-${bundleSum('one').slice(0, 16)}`),
    version: { version: '1' },
    stale: false,
  })
  t.equal(await readFile(join(found.directory, 'forest.copse'), 'utf8'), 'one')
  const { download } = tracking.registry
  tracking.registry.download = async () => {
    t.fail('downloaded twice')
  }
  t.same(await resolveModel(tracking, 'models:/iris@champion', { cache }), found)
  t.equal((await resolveModel(tracking, 'models:/iris/1', { cache })).directory, found.directory)
  tracking.registry.download = download
  await register('two', 'champion')
  t.match((await resolveModel(tracking, 'models:/iris@champion', { cache })).version, { version: '2' })
  t.equal((await readdir(join(cache, 'iris'))).length, 2)
})

t.test('a damaged copy is fetched again', async (t) => {
  const { tracking, register, cache } = await store(t)
  await register('one', 'champion')
  const { directory } = await resolveModel(tracking, 'models:/iris/1', { cache })
  await writeFile(join(directory, 'forest.copse'), 'ome')
  await resolveModel(tracking, 'models:/iris/1', { cache })
  t.equal(await readFile(join(directory, 'forest.copse'), 'utf8'), 'one')
})

t.test('what is missing is named', async (t) => {
  const { tracking, register, cache } = await store(t)
  const missing = (message: RegExp) => ({ code: 'TRACKING_ERR_NOT_FOUND', message })
  await t.rejects(resolveModel(tracking, 'models:/iris@champion', { cache }), missing(/There is no model "iris" in /))
  await register('one')
  await t.rejects(
    resolveModel(tracking, 'models:/iris@champion', { cache }),
    missing(/"iris" has no alias champion in /),
  )
  await t.rejects(resolveModel(tracking, 'models:/iris/2', { cache }), missing(/"iris" has no version 2 in /))
})

t.test('when the server does not answer, the last good version is given and said to be stale', async (t) => {
  const { tracking, register, cache } = await store(t)
  const down = unreachable(tracking)
  await register('one', 'champion')
  await t.rejects(resolveModel(down, 'models:/iris@champion', { cache }), { code: 'TRACKING_ERR_UNREACHABLE' })
  await resolveModel(tracking, 'models:/iris@champion', { cache })
  await register('two', 'champion')
  const last = await resolveModel(tracking, 'models:/iris@champion', { cache })
  t.same(await resolveModel(down, 'models:/iris@champion', { cache }), { ...last, stale: true })
  await t.rejects(
    resolveModel(down, 'models:/iris@other', { cache }),
    { code: 'TRACKING_ERR_UNREACHABLE' },
    'another reference',
  )
  const elsewhere = { ...down, location: 'http://other:5000' } as Tracking
  await t.rejects(resolveModel(elsewhere, 'models:/iris@champion', { cache }), { code: 'TRACKING_ERR_UNREACHABLE' })
  await rm(join(last.directory, 'forest.copse'))
  await t.rejects(
    resolveModel(down, 'models:/iris@champion', { cache }),
    { code: 'TRACKING_ERR_UNREACHABLE' },
    'not whole',
  )
})

t.test('a remembered version that makes no sense is forgotten', async (t) => {
  const { tracking, register, cache } = await store(t)
  await register('one', 'champion')
  await resolveModel(tracking, 'models:/iris@champion', { cache })
  const references = join(cache, 'references')
  const [file] = await readdir(references)
  for (const text of [
    '',
    'null',
    '{"model":{}}',
    '{"model":{"name":"..","version":"../../x","tags":{},"source":"","aliases":[]}}',
  ]) {
    await writeFile(join(references, file!), text)
    await t.rejects(resolveModel(unreachable(tracking), 'models:/iris@champion', { cache }), {
      code: 'TRACKING_ERR_UNREACHABLE',
    })
  }
})

t.test('odd names stay below the cache', async (t) => {
  for (const name of ['..', '. .', 'a b@c', '%2e%2e', 'ünï\\code', '~', 'con*']) {
    const { tracking, register, cache } = await store(t, name)
    await register('one', 'champion')
    const { directory } = await resolveModel(tracking, `models:/${name}@champion`, { cache })
    t.match(directory.slice(cache.length), /^[/\\][\w%-][\w%. -]*[/\\]1-[0-9a-f]{16}$/, name)
  }
})

t.test('a version without a checksum is known by where it lies', async (t) => {
  const { tracking, directory, cache } = await store(t)
  const version: ModelVersion = { name: 'm', version: '3', aliases: [], source: 'models:/m-1', tags: {}, createdAt: 0 }
  let downloads = 0
  tracking.registry.get = async () => version
  tracking.registry.download = async (_version, target) => {
    downloads += 1
    await (await import('node:fs/promises')).cp(join(directory, 'one'), target, { recursive: true })
  }
  const first = await resolveModel(tracking, 'models:/m/3', { cache })
  version.source = 'models:/m-2'
  const second = await resolveModel(tracking, 'models:/m/3', { cache })
  t.not(first.directory, second.directory)
  t.equal(downloads, 2)
})

t.test('two that resolve at once share one download', async (t) => {
  const { tracking, register, cache } = await store(t)
  await register('one', 'champion')
  const found = await Promise.all([1, 2, 3].map(() => resolveModel(tracking, 'models:/iris@champion', { cache })))
  t.equal(new Set(found.map(({ directory }) => directory)).size, 1)
  t.same((await readdir(join(cache, 'iris'))).length, 1)
})
