import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { openTracking } from '@copse/tracking'
import t, { type Test } from 'tap'
import { listen } from '../src/listen.ts'
import { startService } from '../src/service.ts'
import { readSettings, type Settings } from '../src/settings.ts'
import { irisFiles, irisForest, writeBundle } from './bundle.ts'

function settings(given: Partial<Settings>): Settings {
  const read = readSettings(['--port', '0', '--log-level', 'silent'], {})
  if ('show' in read) throw new Error('expected settings')
  return { ...read, ...given }
}

async function start(t: Test, given: Partial<Settings>) {
  const printed: string[] = []
  const service = await startService(settings(given), (text) => printed.push(text))
  t.teardown(() => service.stop())
  return { url: service.url, printed, service }
}

/** A local store in `home` with a bundle as the next version of `iris`, with the alias `champion`. */
async function register(home: string, directory: string) {
  const tracking = await openTracking({ home })
  try {
    const run = await tracking.startRun({ experiment: 'iris' })
    await run.logModel(directory, {
      name: 'model',
      registeredModelName: 'iris',
      alias: 'champion',
      tags: { 'copse.accuracy': '0.96' },
    })
    await run.end()
  } finally {
    await tracking.close()
  }
}

t.test('serves a directory', async (t) => {
  const { url, printed, service } = await start(t, { models: [`file:${writeBundle(t.testdir(), irisFiles())}`] })
  t.equal((await fetch(`${url}/readyz`)).status, 200)
  t.equal(printed.length, 1)
  t.match(printed[0], new RegExp(`at ${url}\n`))
  await service.stop()
  await t.rejects(fetch(`${url}/readyz`))
})

t.test('serves an alias of the local store, and follows it at a reload', async (t) => {
  const cwd = t.testdir()
  const home = join(cwd, 'home')
  await register(home, writeBundle(join(cwd, 'one'), irisFiles()))
  const { url, printed } = await start(t, { models: ['models:/iris@champion'], home })
  t.match(printed[0], /^Copse serves iris version 1 \(sha256 [0-9a-f]{12}, accuracy 0\.960, 2 trees\)/)
  t.match(await (await fetch(`${url}/model/info`)).json(), {
    version: '1',
    aliases: ['champion'],
    stale: false,
    run_id: /./,
  })
  await register(home, writeBundle(join(cwd, 'two'), irisFiles(irisForest(0.5))))
  const reloaded = await fetch(`${url}/model/reload`, { method: 'POST' })
  t.match(await reloaded.json(), { result: 'swapped', model: { name: 'iris', version: '2' } })

  const first = await start(t, { models: ['models:/iris/1'], home })
  t.match(await (await fetch(`${first.url}/health`)).json(), { model: { version: '1' } })
})

t.test('refuses to start, in one sentence', async (t) => {
  const cwd = t.testdir({ file: 'not a directory', foreign: { SHA256SUMS: 'x' } })
  const good = `file:${writeBundle(join(cwd, 'iris'), irisFiles())}`
  const broken = writeBundle(join(cwd, 'broken'), irisFiles())
  writeFileSync(join(broken, 'forest.copse'), 'broken')
  const blocker = createServer()
  t.teardown(() => blocker.close())
  const taken = await listen(blocker, '127.0.0.1', 0)

  const cases: [Partial<Settings>, string, RegExp][] = [
    [{ models: [good], port: taken }, 'API_ERR_LISTEN', /^Port \d+ of 127\.0\.0\.1 is taken; /],
    [{ models: [good], metricsPort: taken }, 'API_ERR_LISTEN', /^Port \d+ of 127\.0\.0\.1 is taken; /],
    [{ models: [good], host: '192.0.2.1' }, 'API_ERR_LISTEN', /^192\.0\.2\.1 is not an address of this machine/],
    [
      { models: [`file:${broken}`] },
      'API_ERR_CHECKSUM',
      /^file:\S+ cannot be served: forest\.copse of the bundle does not have the sum /,
    ],
    [{ models: [`file:${cwd}/foreign`] }, 'API_ERR_BUNDLE', /cannot be served: SHA256SUMS of the bundle /],
    [
      { models: [`file:${cwd}/nowhere`] },
      'API_ERR_BUNDLE',
      /nowhere cannot be served: SHA256SUMS of the bundle cannot be read \(ENOENT\)\.$/,
    ],
    [
      { home: join(cwd, 'empty') },
      'API_ERR_MODEL_ABSENT',
      /^There is no model "iris" in .*; `pnpm train` makes one\.$/,
    ],
    [{ home: join(cwd, 'file') }, 'API_ERR_SETTING', /^COPSE_HOME \(--home\) must be a directory, /],
    [{ models: ['iris'] }, 'API_ERR_SETTING', /^COPSE_MODEL \(--model\) must be /],
  ]
  for (const [given, code, message] of cases) {
    await t.rejects(
      startService(settings(given), () => {}),
      { code, message },
      JSON.stringify(given),
    )
  }
})

t.test('a cache that cannot be written is one sentence', async (t) => {
  const cwd = t.testdir()
  const home = join(cwd, 'home')
  await register(home, writeBundle(join(cwd, 'one'), irisFiles()))
  writeFileSync(join(home, 'cache'), 'in the way')
  await t.rejects(
    startService(settings({ home }), () => {}),
    { message: /^models:\/iris@champion cannot be served: \S.*\.$/ },
  )
})

t.test('listens without a model while a registry does not answer', async (t) => {
  const { url, printed } = await start(t, {
    home: t.testdir(),
    tracking: { uri: 'http://127.0.0.1:1' },
    pollIntervalMs: 100,
  })
  t.equal((await fetch(`${url}/livez`)).status, 200)
  t.equal((await fetch(`${url}/readyz`)).status, 503)
  while (printed.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  t.match(printed[0], /^Copse listens at http:\S+ without a model and asks again every 0\.1 s\. /)
})
