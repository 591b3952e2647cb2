import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type ModelVersion, openTracking, type Tracking } from '../src/index.ts'
import { bundleFiles } from './bundle-files.ts'

type Tap = Pick<typeof t, 'testdir'>

async function store(t: Tap, files: Record<string, string> = bundleFiles()) {
  const directory = t.testdir({ bundle: files })
  const home = join(directory, 'home')
  const warnings: string[] = []
  const tracking = await openTracking({ home, onWarning: (text) => warnings.push(text) })
  return { directory, home, tracking, warnings, journal: join(home, 'registry', 'journal') }
}

function register(tracking: Tracking, bundle: string, alias?: string): Promise<ModelVersion> {
  return tracking.withRun({ experiment: 'e' }, async (run) => {
    return (await run.logModel(bundle, { name: 'forest', registeredModelName: 'iris', alias })).version!
  })
}

t.test('versions are numbered 1, 2, 3 for each name', async (t) => {
  const { tracking, directory } = await store(t)
  t.same(await tracking.registry.versions('iris'), [])
  for (const expected of ['1', '2', '3'])
    t.equal((await register(tracking, join(directory, 'bundle'))).version, expected)
  const versions = await tracking.registry.versions('iris')
  t.same(
    versions.map(({ version }) => version),
    ['1', '2', '3'],
  )
  t.match(await tracking.registry.get('iris', { version: '2' }), versions[1])
  t.equal(await tracking.registry.get('iris', { version: '4' }), undefined)
  t.equal(await tracking.registry.get('other', { version: '1' }), undefined)
})

t.test('an alias points at one version, and moves', async (t) => {
  const { tracking, directory } = await store(t)
  const { registry } = tracking
  for (let count = 0; count < 2; count++) await register(tracking, join(directory, 'bundle'), 'champion')
  t.equal(await registry.get('iris', { alias: 'none' }), undefined)
  t.match(await registry.get('iris', { alias: 'champion' }), { version: '2', aliases: ['champion'] })
  await registry.setAlias('iris', 'champion', '1')
  await registry.setAlias('iris', 'old', '1')
  t.match(await registry.get('iris', { alias: 'champion' }), { version: '1', aliases: ['champion', 'old'] })
  t.same((await registry.get('iris', { version: '2' }))!.aliases, [])
  await registry.deleteAlias('iris', 'champion')
  await registry.deleteAlias('iris', 'champion')
  await registry.deleteAlias('nothing', 'champion')
  t.equal(await registry.get('iris', { alias: 'champion' }), undefined)
  const missing = { code: 'TRACKING_ERR_NOT_FOUND' }
  await t.rejects(registry.setAlias('iris', 'champion', '3'), missing)
  await t.rejects(registry.setAlias('other', 'champion', '1'), missing)
  await t.rejects(registry.setTag('iris', '3', 'a', 'b'), missing)
  await t.rejects(registry.setAlias('iris', 'latest', '1'), { code: 'TRACKING_ERR_VALUE' })
})

t.test('tags of a version, also under odd names', async (t) => {
  const { tracking, directory } = await store(t)
  await register(tracking, join(directory, 'bundle'))
  for (const key of ['a', '__proto__', 'a']) await tracking.registry.setTag('iris', '1', key, `${key}!`)
  const { tags } = (await tracking.registry.get('iris', { version: '1' }))!
  t.same(Object.keys(tags), ['copse.bundle_sha256', 'a', '__proto__'])
  t.equal(Object.getPrototypeOf(tags), Object.prototype)
})

t.test('a download is whole and checked, or is not there', async (t) => {
  const { tracking, directory, home } = await store(t)
  const version = await register(tracking, join(directory, 'bundle'))
  const target = join(directory, 'some', 'where')
  await tracking.registry.download(version, target)
  t.same((await readdir(target)).sort(), ['SHA256SUMS', 'forest.copse', 'golden.json'])
  t.equal(await readFile(join(target, 'forest.copse'), 'utf8'), 'trees')
  await t.rejects(tracking.registry.download(version, target), { code: 'TRACKING_ERR_PATH', message: /exists already/ })

  await writeFile(join(version.source, 'golden.json'), '{ }')
  await t.rejects(tracking.registry.download(version, join(directory, 'again')), { code: 'TRACKING_ERR_CHECKSUM' })
  await rm(join(home, 'runs'), { recursive: true })
  await t.rejects(tracking.registry.download(version, join(directory, 'again')), {
    code: 'TRACKING_ERR_NOT_FOUND',
    message: /are gone/,
  })
  await t.rejects(tracking.registry.download({ ...version, version: '9' }, join(directory, 'again')), {
    code: 'TRACKING_ERR_NOT_FOUND',
  })
  t.same((await readdir(directory)).sort(), ['bundle', 'home', 'some'], 'and nothing is left of the tries')
})

t.test('the store may be moved', async (t) => {
  const { tracking, directory, home } = await store(t)
  await register(tracking, join(directory, 'bundle'), 'champion')
  const moved = join(directory, 'moved')
  await (await import('node:fs/promises')).rename(home, moved)
  const { registry } = await openTracking({ home: moved })
  const version = (await registry.get('iris', { alias: 'champion' }))!
  await registry.download(version, join(directory, 'out'))
  t.ok(version.source.startsWith(moved))
})

t.test('a damaged end is told, dropped, and written over', async (t) => {
  const { tracking, directory, warnings, journal } = await store(t)
  for (let count = 0; count < 2; count++) await register(tracking, join(directory, 'bundle'))
  const whole = await readFile(journal)
  await truncate(journal, whole.length - 5)
  t.equal((await tracking.registry.versions('iris')).length, 1)
  t.match(warnings, [/registry.journal was damaged: its last \d+ bytes were dropped \(cut short\)/])
  t.equal((await register(tracking, join(directory, 'bundle'))).version, '2')
  t.equal(warnings.length, 2)
  await appendFile(journal, 'x')
  await tracking.registry.setAlias('iris', 'champion', '2')
  t.match(warnings[2], /last 1 bytes/)
  t.equal((await tracking.registry.get('iris', { alias: 'champion' }))!.version, '2')
  t.equal(warnings.length, 3)
})

t.test('cut anywhere, the registry holds what was whole', async (t) => {
  const { tracking, directory, journal } = await store(t)
  await register(tracking, join(directory, 'bundle'), 'champion')
  await register(tracking, join(directory, 'bundle'))
  await tracking.registry.setAlias('iris', 'champion', '2')
  const whole = await readFile(journal)
  const seen = new Set<string>()
  const { registry } = await openTracking({ home: tracking.home, readOnly: true })
  for (let cut = 0; cut <= whole.length; cut += 29) {
    await writeFile(journal, whole.subarray(0, cut))
    const versions = await registry.versions('iris')
    seen.add(versions.map(({ version, aliases }) => `${version}${aliases}`).join(' '))
  }
  t.same([...seen], ['', '1champion', '1champion 2'])
  await writeFile(journal, whole)
  t.equal((await registry.get('iris', { alias: 'champion' }))!.version, '2')
})

t.test('processes at once lose no version and no alias', async (t) => {
  const { tracking, directory, home } = await store(t)
  const script = join(import.meta.dirname, 'processes', 'register-models.ts')
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--conditions=@copse/source', script, home, join(directory, 'bundle'), '8'], {
      stdio: 'inherit',
    }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
  t.same(codes, [0, 0, 0])
  const versions = await tracking.registry.versions('iris')
  t.same(
    versions.map(({ version }) => version),
    Array.from({ length: 24 }, (_, index) => String(index + 1)),
  )
  t.equal(versions.flatMap(({ aliases }) => aliases).length, 3)
})
