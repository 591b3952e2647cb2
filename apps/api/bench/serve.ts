import { execFileSync } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Load, load } from './load.ts'
import { inferRequest, startMlserver } from './mlserver.ts'
import { irisBundle, letterBundle } from './models.ts'
import { type Server, startServer } from './server.ts'

/**
 * `pnpm bench serve`: the built service against a Fastify echo, in alternation, one process each; its memory with a
 * forest of Letter's size, and its start from built files. Ratios are medians over the pairs: the machine changes from
 * one minute to the next, a pair stands in the same. `--mlserver` runs MLServer 1.7.1 beside it, and nothing else.
 */
const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== 'serve'),
  options: {
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '1,10,50' },
    mlserver: { type: 'boolean', default: false },
  },
})
const PAIRS = Number(options.pairs)
const SECONDS = Number(options.seconds)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDER = join(homedir(), '.cache', 'copse', 'bench-serve')
const MAIN = join(ROOT, 'dist', 'main.js')
const CACHE = { NODE_COMPILE_CACHE: join(FOLDER, 'compile') }
const ONE = '{"features":[5.1,3.5,1.4,0.2]}'
const ROWS = Array.from({ length: 100 }, (_, i) => [4.3 + (i % 36) / 10, 2 + (i % 24) / 10, 1 + (i % 59) / 10, i / 40])
const HUNDRED = JSON.stringify({ rows: ROWS })

await mkdir(FOLDER, { recursive: true })
execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { stdio: 'inherit' })
const HOME = join(FOLDER, 'home')
const service = (bundle: string, ...more: string[]) =>
  startServer([MAIN, '--model', `file:${bundle}`, '--port', '0', '--home', HOME, ...more], CACHE)

const iris = await irisBundle(FOLDER)
const served = await service(iris)
const echo = await startServer(['--conditions=@copse/source', join(ROOT, 'bench', 'echo.ts')])
if (options.mlserver) await rival()
else await shares()
await served.stop()
await echo.stop()
// Alone, since they have their home in common with the service above.
if (!options.mlserver) {
  await memory()
  await starts()
}

async function shares(): Promise<void> {
  console.log(
    'connections | echo req/s | service req/s | share | CPU us a request: echo, service | p99 ms: echo, service',
  )
  for (const connections of options.connections.split(',').map(Number)) await compare(connections)
  await hundred()
  await logged()
}

/** Load on a server and the CPU that each answer cost it. */
async function measure(server: Server, connections: number, body = ONE): Promise<Load & { cpuUs: number }> {
  const before = server.cpuMs()
  const result = await load(`${server.url}/predict`, { connections, seconds: SECONDS, body })
  if (result.failed > 0) throw new Error(`${result.failed} requests failed`)
  return { ...result, cpuUs: ((server.cpuMs() - before) * 1000) / result.requests }
}

async function compare(connections: number): Promise<void> {
  for (const server of [echo, served]) await measure(server, connections)
  const pairs: [Awaited<ReturnType<typeof measure>>, Awaited<ReturnType<typeof measure>>][] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = pair % 2 === 0 ? echo : served
    const a = await measure(first, connections)
    const b = await measure(first === echo ? served : echo, connections)
    pairs.push(first === echo ? [a, b] : [b, a])
  }
  const of = (pick: (pair: (typeof pairs)[number]) => number) => median(pairs.map(pick))
  console.log(
    [
      connections,
      of(([a]) => a.requestsPerSecond).toFixed(0),
      of(([, b]) => b.requestsPerSecond).toFixed(0),
      `${(100 * of(([a, b]) => b.requestsPerSecond / a.requestsPerSecond)).toFixed(0)} %`,
      `${of(([a]) => a.cpuUs).toFixed(1)}, ${of(([, b]) => b.cpuUs).toFixed(1)}`,
      `${of(([a]) => a.p99).toFixed(2)}, ${of(([, b]) => b.p99).toFixed(2)} (${of(([a, b]) => b.p99 / a.p99).toFixed(2)}x)`,
    ].join(' | '),
  )
}

async function hundred(): Promise<void> {
  const runs: Load[] = []
  for (let i = 0; i < PAIRS; i++) runs.push(await measure(served, 10, HUNDRED))
  const rows = median(runs.map(({ requestsPerSecond }) => requestsPerSecond)) * 100
  console.log(`100 rows a request, 10 connections: ${rows.toFixed(0)} rows/s`)
}

/** Rows a second of the service and of MLServer with batching, in alternation. */
async function rival(): Promise<void> {
  const mlserver = await startMlserver(join(FOLDER, 'mlserver'))
  console.log('rows a request | connections | service rows/s | MLServer 1.7.1, batching 64 / 5 ms, rows/s | times')
  for (const [rows, connections] of [
    [1, 50],
    [100, 10],
  ] as const) {
    const sides = [
      { url: `${served.url}/predict`, body: rows === 1 ? ONE : HUNDRED },
      { url: mlserver.url, body: inferRequest(ROWS.slice(0, rows)) },
    ]
    const pairs: [number, number][] = []
    for (let pair = -1; pair < PAIRS; pair++) {
      const took = [0, 0] as [number, number]
      for (const side of pair % 2 === 0 ? [0, 1] : [1, 0]) {
        const { url, body } = sides[side]!
        const { requestsPerSecond, failed } = await load(url, { connections, seconds: SECONDS, body })
        if (failed > 0) throw new Error(`${failed} requests failed`)
        took[side] = requestsPerSecond * rows
      }
      if (pair >= 0) pairs.push(took)
    }
    const of = (pick: (pair: [number, number]) => number) => median(pairs.map(pick))
    const [ours, theirs, times] = [of(([a]) => a), of(([, b]) => b), of(([a, b]) => a / b)]
    console.log([rows, connections, ours.toFixed(0), theirs.toFixed(0), `${times.toFixed(1)}x`].join(' | '))
  }
  await mlserver.stop()
}

/** What the prediction log takes of the service, all features in it: shares of the echo with and without, in alternation. */
async function logged(): Promise<void> {
  const directory = join(FOLDER, 'log')
  const log = ['--prediction-log', directory, '--prediction-log-features', 'all', '--prediction-log-max-size', '256MiB']
  const logging = await service(iris, '--home', join(FOLDER, 'home-logging'), ...log)
  for (const server of [echo, served, logging]) await measure(server, 10)
  const shares: [off: number, on: number][] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? [served, logging] : [logging, served]
    const base = await measure(echo, 10)
    const runs = [await measure(order[0]!, 10), await measure(order[1]!, 10)]
    const [off, on] = pair % 2 === 0 ? runs : runs.reverse()
    shares.push([off!.requestsPerSecond / base.requestsPerSecond, on!.requestsPerSecond / base.requestsPerSecond])
  }
  const of = (pick: (shares: [number, number]) => number) => 100 * median(shares.map(pick))
  console.log(
    `share of the echo at 10 connections without the prediction log ${of(([off]) => off).toFixed(0)} %, with it ` +
      `${of(([, on]) => on).toFixed(0)} % (${of(([off, on]) => on / off).toFixed(0)} % of that)`,
  )
  await logging.stop()
  await rm(directory, { recursive: true, force: true })
}

async function memory(): Promise<void> {
  const server = await service(await letterBundle(FOLDER))
  const before = server.rss()
  const body = JSON.stringify({ features: Array.from({ length: 16 }, (_, f) => f) })
  await load(`${server.url}/predict`, { connections: 50, seconds: SECONDS * 2, body })
  console.log(
    `resident memory, 100 trees of Letter's size: ${before.toFixed(0)} MB, under load ${server.rss().toFixed(0)} MB`,
  )
  await server.stop()
}

async function starts(): Promise<void> {
  const times: number[] = []
  const cpu: number[] = []
  for (let i = 0; i < 7; i++) {
    const server = await service(iris)
    times.push(server.readyMs)
    cpu.push(server.cpuMs())
    await server.stop()
  }
  console.log(
    `start to ready: ${median(times).toFixed(0)} ms (least ${Math.min(...times).toFixed(0)}), ${median(cpu)} ms CPU`,
  )
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
