import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openTracking } from '@copse/tracking'
import t from 'tap'
import { type Files, golden, IRIS_GOLDEN, irisFiles, irisForest, writeBundle } from './bundle.ts'
import { startLoad } from './load.ts'
import { proxyTo } from './proxy.ts'
import { ready, type Spawned, spawnMain } from './spawn.ts'

const uri = process.env.MLFLOW_TRACKING_URI
const skip = uri ? false : 'MLFLOW_TRACKING_URI is not set: nothing was tried against a real MLflow server'
const BODY = '{"features":[5.9,3,4.2,1.5]}'

interface Info {
  version: string
  stale: boolean
  last_reload: { result: string; code?: string; message?: string }
}

t.test('follows the registry of an MLflow server, and outlives it', { skip, timeout: 240_000 }, async (t) => {
  const cwd = t.testdir()
  const name = `api-test-${Date.now()}`
  const tracking = await openTracking({ uri: uri!, home: join(cwd, 'trainer') })
  t.teardown(() => tracking.close())

  /** The next version, under the alias. */
  async function promote(directory: string, files: Files): Promise<void> {
    await tracking.withRun({ experiment: name }, async (run) => {
      await run.logModel(writeBundle(join(cwd, directory), files), {
        name: 'model',
        registeredModelName: name,
        alias: 'champion',
      })
    })
  }

  const way = await proxyTo(uri!)
  t.teardown(() => way.cut().catch(() => {}))
  const serve = () =>
    spawnMain(
      t,
      cwd,
      ['--model', `models:/${name}@champion,models:/${name}/1`, '--poll-interval', '300ms', '--home', 'serving'],
      { MLFLOW_TRACKING_URI: way.url, MLFLOW_HTTP_REQUEST_TIMEOUT: '2', MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' },
    )
  const info = async (url: string) => (await (await fetch(`${url}/model/info`)).json()) as Info
  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await sleep(50)
  }
  const isReady = (url: string) => until(async () => (await fetch(`${url}/readyz`)).status === 200)

  // Before there is an alias the service lives, and gets ready by itself.
  const spawned: Spawned = serve()
  const { url, port } = await ready(spawned)
  t.equal((await fetch(`${url}/livez`)).status, 200)
  t.equal((await fetch(`${url}/readyz`)).status, 503)
  await promote('one', irisFiles())
  await isReady(url)
  t.match(await info(url), { version: '1', stale: false })

  const load = startLoad(port, 10, BODY)
  await promote('two', irisFiles(irisForest(0.5)))
  await until(async () => (await info(url)).version === '2')
  t.match(
    (await (await fetch(`${url}/models`)).json()) as object,
    {
      models: [
        { version: '2', state: 'ready' },
        { version: '1', state: 'ready' },
      ],
    },
    'the version that was asked for by number stays',
  )

  // Version 3 does not answer as its golden rows say.
  await promote('three', { ...irisFiles(irisForest(0.25)), 'golden.json': golden(irisForest(0.75), IRIS_GOLDEN) })
  await until(async () => (await info(url)).last_reload.result === 'failed')
  t.match(await info(url), { version: '2', last_reload: { code: 'API_ERR_GOLDEN' } })
  t.match(await (await fetch(`${url}/metrics`)).text(), /copse_model_reload_total\{.*result="failed"\} [1-9]/)
  t.match(spawned.err, /API_ERR_GOLDEN/)

  await promote('four', irisFiles(irisForest(0.625)))
  await until(async () => (await info(url)).version === '4')

  await way.cut()
  await until(async () => (await info(url)).stale)
  const before = load.answered
  await until(async () => load.answered > before + 100)
  t.equal((await fetch(`${url}/readyz`)).status, 200)
  t.match(await (await fetch(`${url}/metrics`)).text(), /copse_model_stale\{.*\} 1/)
  spawned.child.kill('SIGTERM')
  t.equal(await spawned.exited, 0)
  const { failures, answered } = await load.stop()
  t.strictSame(failures, [])
  t.ok(answered > 0, `${answered} answered`)

  // The server is still away: the cache has what it gave last.
  const second = serve()
  const again = await ready(second)
  await isReady(again.url)
  t.match(await info(again.url), { version: '4', stale: true })
  await way.open()
  await until(async () => !(await info(again.url)).stale)
  await promote('five', irisFiles())
  await until(async () => (await info(again.url)).version === '5')
  second.child.kill('SIGTERM')
  t.equal(await second.exited, 0)
})
