import { once } from 'node:events'
import { renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { irisFiles, irisForest, writeBundle } from './bundle.ts'
import { startLoad } from './load.ts'
import { ready, spawnMain } from './spawn.ts'

const BODY = '{"features":[5.1,3.5,1.4,0.2]}'
const CONNECTIONS = 30

t.test('a signal under load loses no request', async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
    const spawned = spawnMain(t, cwd, ['--model', 'file:./iris'])
    const { port } = await ready(spawned)
    const load = startLoad(port, CONNECTIONS, BODY)
    while (load.answered < 500) await sleep(5)
    const before = load.answered
    spawned.child.kill(signal)
    const started = performance.now()
    t.equal(await spawned.exited, 0, signal)
    const seconds = (performance.now() - started) / 1000
    const { answered, failures } = await load.stop()
    t.strictSame(failures, [])
    t.ok(answered > before, `${answered} answered, ${seconds.toFixed(2)} s from the signal to the end`)
  }
})

t.test('in the drain delay it serves on, not ready, and keeps connections', async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const spawned = spawnMain(t, cwd, ['--model', 'file:./iris', '--drain-delay', '1500ms'])
  const { url, port } = await ready(spawned)
  const load = startLoad(port, CONNECTIONS, BODY)
  while (load.answered < 100) await sleep(5)
  t.equal((await fetch(`${url}/readyz`)).status, 200)
  spawned.child.kill('SIGTERM')
  const started = performance.now()
  while ((await fetch(`${url}/readyz`)).status === 200) await sleep(5)
  t.equal((await fetch(`${url}/livez`)).status, 200)
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
  })
  t.equal(answer.status, 200)
  t.not(answer.headers.get('connection'), 'close', 'clients would connect again, into a queue that is reset')
  t.equal(await spawned.exited, 0)
  t.ok(performance.now() - started >= 1500)
  t.strictSame((await load.stop()).failures, [])
})

t.test('waits for what is being sent, and not for connections that say nothing', async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const spawned = spawnMain(t, cwd, ['--model', 'file:./iris'])
  const { url, port } = await ready(spawned)
  const silent = connect(port, '127.0.0.1').on('error', () => {})
  const slow = connect(port, '127.0.0.1').setEncoding('utf8')
  await Promise.all([once(silent, 'connect'), once(slow, 'connect')])
  const head = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`
  slow.write(head + BODY.slice(0, 10))
  await (await fetch(`${url}/livez`)).text()
  spawned.child.kill('SIGTERM')
  // Longer than idle connections are left open.
  await sleep(1500)
  slow.write(BODY.slice(10))
  const [answer] = await once(slow, 'data')
  t.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(answer, /\r\nConnection: close\r\n/)
  const outcome = await Promise.race([spawned.exited, sleep(8000, 'still there')])
  t.equal(outcome, 0)
})

t.test('reloads under load lose no request', async (t) => {
  const cwd = t.testdir()
  const bundles = [irisFiles(), irisFiles(irisForest(0.5))]
  writeBundle(join(cwd, 'iris'), bundles[0]!)
  const spawned = spawnMain(t, cwd, ['--model', 'file:./iris'])
  const { url, port } = await ready(spawned)
  const load = startLoad(port, CONNECTIONS, BODY)
  for (let i = 1; i <= 10; i++) {
    writeBundle(join(cwd, 'next'), bundles[i % 2]!)
    renameSync(join(cwd, 'iris'), join(cwd, 'old'))
    renameSync(join(cwd, 'next'), join(cwd, 'iris'))
    rmSync(join(cwd, 'old'), { recursive: true })
    const answer = await fetch(`${url}/model/reload`, { method: 'POST' })
    t.match(await answer.json(), { result: 'swapped' })
    await sleep(20)
  }
  const { answered, failures } = await load.stop()
  t.strictSame(failures, [])
  t.ok(answered > 100, `${answered} answered`)
  spawned.child.kill('SIGTERM')
  t.equal(await spawned.exited, 0)
})
