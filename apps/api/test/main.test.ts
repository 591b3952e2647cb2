import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { irisFiles, writeBundle } from './bundle.ts'
import { ready, spawnMain } from './spawn.ts'

t.test('serves, prints what to try, and exits 0 at each signal', async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    const spawned = spawnMain(t, cwd, ['--model', 'file:./iris'])
    const { url } = await ready(spawned)
    t.ok(spawned.out.startsWith('Copse serves iris version '))
    t.ok(spawned.out.includes(`at ${url}\n`))
    const curl = spawned.out.split('\n').find((line) => line.includes('curl'))!
    t.strictSame(JSON.parse(execFileSync('sh', ['-c', curl]).toString()).prediction, {
      class_id: 0,
      class_name: 'setosa',
      confidence: 1,
    })
    spawned.child.kill(signal)
    t.equal(await spawned.exited, 0, signal)
    t.equal(spawned.err, '', 'nothing on stderr')
  }
})

t.test('what keeps it from starting is one sentence on stderr and a non-zero exit', async (t) => {
  const cwd = t.testdir({ file: 'not a directory' })
  const cases: [string[], Record<string, string>, RegExp][] = [
    [
      ['--model', 'file:./nowhere'],
      {},
      /^file:\.\/nowhere cannot be served: SHA256SUMS of the bundle cannot be read \(ENOENT\)\.\n$/,
    ],
    [
      [],
      { COPSE_PORT: 'tcp://10.0.0.1:80' },
      /^COPSE_PORT \(--port\) must be .* enableServiceLinks: false in the pod\.\n$/,
    ],
  ]
  for (const [args, env, sentence] of cases) {
    const spawned = spawnMain(t, cwd, args, env)
    t.equal(await spawned.exited, 1, args.join(' '))
    t.match(spawned.err, sentence)
    t.equal(spawned.out, '')
  }
})

t.test('--help', async (t) => {
  const spawned = spawnMain(t, t.testdir(), ['--help'])
  t.equal(await spawned.exited, 0)
  t.match(spawned.out, /^Usage: serve \[options\]/)
})

t.test('a registry that does not answer: live, not ready, and it says so', async (t) => {
  const cwd = t.testdir()
  const spawned = spawnMain(t, cwd, ['--tracking-uri', 'http://127.0.0.1:1'])
  const { url } = await ready(spawned)
  t.equal((await fetch(`${url}/livez`)).status, 200)
  t.equal((await fetch(`${url}/readyz`)).status, 503)
  t.equal((await fetch(`${url}/metrics`)).status, 200)
  while (!spawned.out.includes('without a model')) await sleep(20)
  spawned.child.kill('SIGTERM')
  t.equal(await spawned.exited, 0)
})

t.test('starts beside what Kubernetes injects, with closed admin routes', async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const spawned = spawnMain(t, cwd, ['--model', 'file:./iris', '--host', '0.0.0.0', '--metrics-port', '0'], {
    COPSE_SERVICE_HOST: '10.0.0.1',
    COPSE_SERVICE_PORT: '80',
    COPSE_PORT_80_TCP: 'tcp://10.0.0.1:80',
  })
  const { url } = await ready(spawned)
  t.equal((await fetch(`${url}/model/reload`, { method: 'POST' })).status, 403)
  t.match(
    spawned.err,
    /admin and feedback routes are closed: 0\.0\.0\.0 is not a loopback address and there is no keys file/,
  )
  t.equal((await fetch(`${url}/metrics`)).status, 404)
  const metrics = /Metrics: (\S+)/.exec(spawned.out)![1]!
  t.equal((await fetch(metrics)).status, 200)
  spawned.child.kill('SIGTERM')
  t.equal(await spawned.exited, 0)
})

t.test('ends when the parent closes the IPC channel', async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const spawned = spawnMain(t, cwd, ['--model', 'file:./iris'])
  await ready(spawned)
  spawned.child.disconnect()
  t.equal(await spawned.exited, 0)
})

t.test('ends when the package manager that started it is killed', async (t) => {
  const cwd = t.testdir()
  writeBundle(join(cwd, 'iris'), irisFiles())
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const command = [process.execPath, '--conditions=@copse/source', main, '--model', 'file:./iris', '--port', '0']
  // As npm does: its name as the title, and a shell in between.
  const code = `
    process.title = 'npm run serve'
    const { spawn } = require('node:child_process')
    spawn(${JSON.stringify(command.map((word) => `'${word}'`).join(' '))} + '; true', { shell: true, stdio: 'inherit' })`
  const env = { ...process.env, npm_lifecycle_event: 'serve' }
  const parent = spawn(process.execPath, ['-e', code], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  parent.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk
  })
  while (!out.includes('Stop: Ctrl-C')) await sleep(20)
  const url = /at (http:\S+)/.exec(out)![1]!
  t.equal((await fetch(`${url}/livez`)).status, 200)
  parent.kill('SIGKILL')
  // Its output ends with the last of those who hold it.
  await once(parent, 'close')
  await t.rejects(fetch(`${url}/livez`))
})
