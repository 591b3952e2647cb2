import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import t, { type Test } from 'tap'
import { irisFiles, writeBundle } from '../bundle.ts'
import { freePort } from '../free-port.ts'
import { ready, spawnMain } from '../spawn.ts'

const python = process.env.CLIENTS_PYTHON
const skip = python === undefined && 'CLIENTS_PYTHON is not set; pnpm test:clients makes the environment'

const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test-secret', AWS_REGION: 'us-east-1' }

/** A real store that speaks S3 (moto) with an empty bucket `logs`. */
async function startStore(t: Test) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = join(dirname(python!), 'moto_server')
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  t.teardown(async () => {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const client = new AwsClient({
    accessKeyId: 'test',
    secretAccessKey: 'test-secret',
    region: 'us-east-1',
    service: 's3',
    retries: 0,
  })
  for (;;) {
    const made = await client.fetch(`${url}/logs`, { method: 'PUT' }).catch(() => undefined)
    if (made?.ok) break
    await sleep(100)
  }
  const keys = async () => {
    const text = await (await client.fetch(`${url}/logs?list-type=2`)).text()
    return Array.from(text.matchAll(/<Key>([^<]+)<\/Key>/g), ([, key]) => key!)
  }
  const get = async (key: string) => Buffer.from(await (await client.fetch(`${url}/logs/${key}`)).arrayBuffer())
  return { url, child, keys, get }
}

t.test('closed segments go to the store, whole, and only then are they deleted', { skip }, async (t) => {
  const store = await startStore(t)
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const args = ['--model', 'file:./iris', '--prediction-log', './log', '--prediction-log-features', 'all']
  const upload = ['--prediction-log-segment-size', '4KiB', '--prediction-log-upload', 's3://logs/copse/iris']
  const env = { ...KEYS, AWS_ENDPOINT_URL_S3: store.url }
  const predict = (url: string) =>
    fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows: Array.from({ length: 50 }, () => [5.1, 3.5, 1.4, 0.2]) }),
    })

  // What an earlier process left goes too.
  const first = spawnMain(t, cwd, args)
  await predict((await ready(first)).url)
  first.child.kill('SIGTERM')
  t.equal(await first.exited, 0)
  const directory = join(cwd, 'log')
  const [left] = readdirSync(directory)
  const bytes = readFileSync(join(directory, left!))

  const second = spawnMain(t, cwd, [...args, ...upload], env)
  const { url } = await ready(second)
  await predict(url)
  await predict(url)
  while ((await store.keys()).length < 2) await sleep(100)
  second.child.kill('SIGTERM')
  t.equal(await second.exited, 0)
  t.equal(second.err, '')
  t.strictSame(readdirSync(directory), [])
  const keys = await store.keys()
  t.ok(keys.includes(`copse/iris/${left}`), keys.join())
  t.equal(hash('sha256', await store.get(`copse/iris/${left}`)), hash('sha256', bytes))
  const all = Buffer.concat(await Promise.all(keys.map(store.get)))
  t.equal(all.toString().trimEnd().split('\n').length, 150)

  // Without the store nothing is lost.
  store.child.kill()
  await once(store.child, 'exit')
  const third = spawnMain(t, cwd, [...args, ...upload], env)
  await predict((await ready(third)).url)
  third.child.kill('SIGTERM')
  t.equal(await third.exited, 0)
  t.equal(readdirSync(directory).length, 1)
})
