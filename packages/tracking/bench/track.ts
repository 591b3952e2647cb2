/**
 * CPU of a client that logs to MLflow, ours and Python's: `pnpm bench track` starts a real server by `test/mlflow/run.ts` and
 * measures, in turns, a run of 20 params, 20 metrics and one artifact, and a batch of 1,000 metrics. Also what an append to a
 * journal costs, its fsync aside. Wall time is told only, since it is mostly the server's.
 */
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTracking, type Tracking } from '../src/index.ts'
import { Journal } from '../src/journal.ts'

const ROUNDS = 3
const RUNS = 30
/** Runs that go before, to a server that answers at once: the first few hundred requests of a process are mostly the compiler's. */
const WARMUP = 500
const BATCHES = 20

interface Measured {
  cpuMs: number
  wallMs: number
}

process.exitCode = await main(process.env.MLFLOW_TRACKING_URI, process.env.MLFLOW_PYTHON)

async function main(uri: string | undefined, python: string | undefined): Promise<number> {
  if (uri === undefined || python === undefined) return startServer()
  const home = await mkdtemp(join(tmpdir(), 'copse-bench-'))
  try {
    await measureAppends(home)
    const artifact = join(home, 'artifact.txt')
    await writeFile(artifact, 'x'.repeat(1000))
    const rows: Record<string, Measured[]> = {}
    const note = (name: string, measured: Measured) => {
      rows[name] ??= []
      rows[name].push(measured)
    }
    const cold = await measureOwn(uri, home, artifact)
    console.log(`the first ${RUNS} runs of a process: ${cold.run.cpuMs.toFixed(1)} ms CPU each`)
    await warmUp(home, artifact)
    for (let round = 0; round < ROUNDS; round++) {
      const own = await measureOwn(uri, home, artifact)
      note('a run of 20 params, 20 metrics, 1 artifact: copse', own.run)
      note('a batch of 1,000 metrics: copse', own.batch)
      const other = await measurePython(python, artifact)
      note('a run of 20 params, 20 metrics, 1 artifact: python', other.run)
      note('a batch of 1,000 metrics: python', other.batch)
    }
    for (const [name, measured] of Object.entries(rows).sort()) {
      const cpu = measured.map(({ cpuMs }) => cpuMs).sort((a, b) => a - b)
      const wall = measured.map(({ wallMs }) => wallMs).sort((a, b) => a - b)
      const range = `${cpu[0]!.toFixed(1)}-${cpu.at(-1)!.toFixed(1)}`
      console.log(
        `${name}: ${cpu[cpu.length >> 1]!.toFixed(1)} ms CPU (${range}), ${wall[wall.length >> 1]!.toFixed(0)} ms wall`,
      )
    }
    return 0
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function startServer(): Promise<number> {
  const runner = join(import.meta.dirname, '../test/mlflow/run.ts')
  const own = ['--conditions=@copse/source', import.meta.filename]
  const child = spawn(process.execPath, [...own.slice(0, 1), runner, '--', process.execPath, ...own], {
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  return code ?? 1
}

async function warmUp(home: string, artifact: string) {
  const server = fork(join(import.meta.dirname, 'empty-server.ts'))
  const [uri] = (await once(server, 'message')) as [string]
  await using tracking = await openTracking({ uri, home })
  for (let index = 0; index < WARMUP; index++) await oneRun(tracking, artifact)
  server.disconnect()
}

async function measureOwn(uri: string, home: string, artifact: string) {
  await using tracking = await openTracking({ uri, home })
  const many = Array.from({ length: 1000 }, (_, step) => ({ key: 'loss', value: 1 / (step + 1), step }))
  const run = await measure(RUNS, () => oneRun(tracking, artifact))
  const open = await tracking.startRun({ experiment: 'bench' })
  const batch = await measure(BATCHES, (index) =>
    open.logBatch({ metrics: many.map((point) => ({ ...point, key: `loss${index}` })) }),
  )
  await open.end()
  return { run, batch }
}

async function oneRun(tracking: Tracking, artifact: string) {
  const params = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, index]))
  const metrics = Array.from({ length: 20 }, (_, index) => ({ key: `m${index}`, value: index / 7 }))
  const run = await tracking.startRun({ experiment: 'bench' })
  await run.logBatch({ params, metrics })
  await run.logArtifact(artifact)
  await run.end()
}

async function measurePython(python: string, artifact: string): Promise<{ run: Measured; batch: Measured }> {
  const child = spawn(python, [join(import.meta.dirname, 'track.py'), String(RUNS), String(BATCHES), artifact], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (data) => {
    out += data
  })
  await once(child, 'close')
  return JSON.parse(out.trim().split('\n').at(-1)!)
}

async function measureAppends(home: string) {
  const journal = await Journal.create(join(home, 'journal'), 'run')
  const operation = {
    op: 'batch',
    metrics: [{ key: 'loss', value: 0.123, timestamp: 1_700_000_000_000, step: 7 }],
    params: [],
    tags: [],
  }
  for (let index = 0; index < 5000; index++) journal.append(operation)
  const count = 50_000
  const before = process.cpuUsage()
  const began = performance.now()
  for (let index = 0; index < count; index++) journal.append(operation)
  const { user, system } = process.cpuUsage(before)
  const wall = ((performance.now() - began) * 1000) / count
  console.log(`an append to a journal: ${((user + system) / count).toFixed(1)} us CPU, ${wall.toFixed(1)} us wall`)
  await journal.close()
}

async function measure(count: number, work: (index: number) => Promise<void>): Promise<Measured> {
  const before = process.cpuUsage()
  const began = performance.now()
  for (let index = 0; index < count; index++) await work(index)
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / 1000 / count, wallMs: (performance.now() - began) / count }
}
