import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { until, untilReady } from '../../test/ask.ts'
import { address, build, docker, hasEngine, start } from '../../test/engine.ts'
import { program } from '../../test/tool.ts'
import { weigh } from '../build.ts'

const API = 'copse-api:test'
const TRAINER = 'copse-trainer:test'
/** As a cluster runs it: nothing to write to, no rights, no name. */
const HARDENED = [
  '--read-only',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
  '--user',
  '65532',
  '--tmpfs',
  '/tmp',
]
/** Nothing to run where the shells of the base image are. */
const NO_SHELL = ['/bin/sh', '/bin/bash', '/bin/dash'].flatMap((path) => ['--volume', `/dev/null:${path}:ro`])
const ROW = { features: [5.1, 3.5, 1.4, 0.2] }

t.test('images', { timeout: 1_500_000 }, async (t) => {
  if (!(await hasEngine(t))) return
  await build(API, { target: 'api' })
  await build(TRAINER, { target: 'trainer' })

  t.test('the api image says what it is and runs as nobody', async (t) => {
    const [{ Config: config }] = JSON.parse(await docker(['image', 'inspect', API]))
    t.equal(config.User, '65532:65532')
    t.equal(config.StopSignal, 'SIGTERM')
    t.ok(config.Healthcheck, 'it has a health check')
    t.equal(config.Labels['org.opencontainers.image.title'], 'copse-api')
  })

  t.test('the images weigh what docs/deploy.md and README.md say, within a tenth', async (t) => {
    const root = join(import.meta.dirname, '..', '..', '..')
    const guide = await readFile(join(root, 'docs', 'deploy.md'), 'utf8')
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    for (const [name, image] of [
      ['copse-api', API],
      ['copse-trainer', TRAINER],
    ] as const) {
      const said = Number(new RegExp(`^\\| \`${name}\` \\| \\d+ \\| ([\\d.]+) \\|`, 'm').exec(guide)?.[1])
      const own = (await weigh(image)).own / 1e6
      t.ok(Math.abs(own - said) <= said / 10, `${name}: ${own.toFixed(1)} MB are ours, ${said} are said`)
      if (name === 'copse-api') t.match(readme, `${said} MB of ours`)
    }
  })

  t.test('the api image holds no tools, no sources and no tests', async (t) => {
    const listing = await docker(['run', '--rm', '--entrypoint', 'node', API, '-e', LIST])
    const files = listing.split('\n')
    t.ok(files.includes('/app/dist/container.js'))
    t.ok(files.includes('/models/iris/forest.copse'))
    t.strictSame(
      files.filter((file) => /\/(typescript|tap|@biomejs|assemblyscript)\//.test(file)),
      [],
    )
    t.strictSame(
      files.filter((file) => file.startsWith('/app/src/') || file.startsWith('/app/test/')),
      [],
    )
  })

  t.test('the same commit gives the same files, modes and bytes', async (t) => {
    const sums = (image: string) => docker(['run', '--rm', '--entrypoint', 'node', image, '-e', SUMS])
    const [api, trainer] = [await sums(API), await sums(TRAINER)]
    await build(API, { target: 'api', afresh: true })
    t.equal(await sums(API), api)
    // From the build that was made afresh just now.
    await build(TRAINER, { target: 'trainer' })
    t.equal(await sums(TRAINER), trainer)
  })

  t.test('with nothing but itself it serves, hardened and without a shell, and is healthy', async (t) => {
    const name = await start(t, [...HARDENED, ...NO_SHELL, '--publish', '3000', API])
    t.not((await program('docker', ['exec', name, '/bin/sh', '-c', 'true'])).code, 0, 'there is no shell')
    const url = await address(name, 3000)
    t.comment(`ready ${(await untilReady(`${url}/readyz`)).toFixed(0)} ms after the container was started`)
    const answer = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ROW),
    })
    t.match(await answer.json(), { prediction: { class_name: 'setosa' } })
    t.match(await docker(['exec', name, 'node', '/app/dist/container.js', 'probe']), /is ready/)
    const health = ['inspect', '--format', '{{.State.Health.Status}}', name]
    await until('the engine finds it healthy', 30, async () => (await docker(health)) === 'healthy')
  })

  t.test('stopped under load it answers every request and exits with 0', async (t) => {
    const name = await start(t, [...HARDENED, '--publish', '3000', '--env', 'COPSE_DRAIN_DELAY=1s', API])
    const url = await address(name, 3000)
    await untilReady(`${url}/readyz`)
    let answered = 0
    const failed: string[] = []
    let stopping = false
    async function client() {
      while (!stopping) {
        try {
          const headers = { 'content-type': 'application/json' }
          const answer = await fetch(`${url}/predict`, { method: 'POST', headers, body: JSON.stringify(ROW) })
          await answer.arrayBuffer()
          if (answer.ok) answered++
          else failed.push(String(answer.status))
        } catch (error) {
          failed.push(String((error as Error).cause))
        }
      }
    }
    const clients = Array.from({ length: 8 }, client)
    while (answered < 100 && failed.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    const stop = docker(['stop', '--time', '30', name])
    // New connections are refused once the listener is closed, which a load balancer has heard of by then.
    await new Promise((resolve) => setTimeout(resolve, 500))
    stopping = true
    await Promise.all(clients)
    await stop
    t.strictSame(failed, [])
    t.pass(`${answered} requests were answered`)
    t.equal(await docker(['inspect', '--format', '{{.State.ExitCode}}', name]), '0')
  })

  t.test('as `serve` it is where SageMaker looks for it', async (t) => {
    const name = await start(t, [...HARDENED, '--publish', '8080', API, 'serve'])
    const url = await address(name, 8080)
    await untilReady(`${url}/ping`)
    const answer = await fetch(`${url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: [ROW.features] }),
    })
    t.equal(answer.status, 200)
    t.match(await answer.json(), { predictions: { label: ['setosa'] } })
  })

  t.test('the trainer trains inside and tells what it did', async (t) => {
    // A new volume takes over whose the folder of the image is.
    const args = ['run', '--rm', ...HARDENED, '--volume', '/var/lib/copse', TRAINER]
    const { code, stdout, stderr } = await program('docker', args)
    t.equal(code, 0, stderr)
    t.match(stdout, /Registered iris version 1/)
  })
})

/** Finds our files: `out` is their paths. */
const WALK = `const fs = require('fs'); const out = [];
function walk(at) { for (const e of fs.readdirSync(at, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)) {
  const path = at + '/' + e.name; if (e.isDirectory()) walk(path); else out.push(path) } }
for (const at of ['/app', '/models']) if (fs.existsSync(at)) walk(at);`
const LIST = `${WALK} console.log(out.join('\\n'))`
const SUMS = `${WALK} console.log(out.map((path) => { const s = fs.lstatSync(path)
  return path + ' ' + s.mode + ' ' + (s.isSymbolicLink() ? fs.readlinkSync(path)
    : require('crypto').createHash('sha256').update(fs.readFileSync(path)).digest('hex')) }).join('\\n'))`
