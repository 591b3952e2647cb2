import { type ChildProcess, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { acquireLock } from '../../src/lock.ts'

/** What a server needs. */
export const SMALL = ['mlflow-skinny==3.17.2', 'flask', 'flask-cors', 'sqlalchemy', 'alembic', 'pandas', 'aiohttp']
/** What loads and serves models too. */
export const FULL = ['mlflow==3.17.2', 'onnx==1.23.2', 'onnxruntime==1.32.0']
const CACHE = join(homedir(), '.cache', 'copse')
const START_SECONDS = 240

/** An MLflow server on a loopback port that keeps its data in `directory`; it may be stopped and started there again. */
export class MlflowServer {
  readonly uri: string
  readonly #venv: string
  readonly #directory: string
  readonly #port: number
  #process: ChildProcess | undefined

  constructor(venv: string, directory: string, port: number) {
    this.#venv = venv
    this.#directory = directory
    this.#port = port
    this.uri = `http://127.0.0.1:${port}`
  }

  async start(interrupted?: AbortSignal): Promise<void> {
    this.#process = startServer(this.#venv, this.#directory, this.#port)
    await waitUntilHealthy(this.#process, this.uri, this.#directory, interrupted)
  }

  /** Ends it at once, as a power cut would, or with SIGTERM in an orderly way. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#process) await stopServer(this.#process, signal)
    this.#process = undefined
  }
}

/** Makes a Python environment with these packages once; answers its directory. */
export async function makeVenv(packages: readonly string[]): Promise<string> {
  const wanted = packages.join(' ')
  const venv = join(CACHE, `mlflow-${hash('sha256', wanted).slice(0, 12)}`)
  const stamp = join(venv, 'complete')
  await mkdir(CACHE, { recursive: true })
  const lock = await acquireLock(join(CACHE, 'mlflow-lock'), { waitMs: 900_000 })
  try {
    if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return venv
    console.error(`Making a Python environment with ${wanted} in ${venv}, once; this takes a few minutes`)
    await rm(venv, { recursive: true, force: true })
    await run(
      'python3',
      ['-m', 'venv', venv],
      'Python 3 with venv is needed (Debian: packages python3 and python3-venv)',
    )
    await run(join(venv, 'bin', 'pip'), ['install', '-q', '--disable-pip-version-check', ...packages], 'pip failed')
    await writeFile(stamp, wanted)
    return venv
  } finally {
    await lock.release()
  }
}

function startServer(venv: string, directory: string, port: number): ChildProcess {
  const log = openSync(join(directory, 'server.log'), 'w')
  const { MLFLOW_TRACKING_URI: _, MLFLOW_REGISTRY_URI: __, ...inherited } = process.env
  const where = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  const stores = [
    '--backend-store-uri',
    `sqlite:///${directory}/mlflow.db`,
    '--artifacts-destination',
    `${directory}/artifacts`,
  ]
  return spawn(join(venv, 'bin', 'mlflow'), ['server', ...where, ...stores], {
    cwd: directory,
    env: {
      ...inherited,
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
    },
    stdio: ['ignore', log, log],
    // A group of its own, so that its workers are stopped with it and Ctrl-C reaches them through here only.
    detached: true,
  })
}

async function waitUntilHealthy(server: ChildProcess, uri: string, directory: string, interrupted?: AbortSignal) {
  for (const end = Date.now() + START_SECONDS * 1000; Date.now() < end; await sleep(250)) {
    if (server.exitCode !== null || interrupted?.aborted) break
    const answer = await fetch(`${uri}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    if (answer?.ok) return
  }
  const log = await readFile(join(directory, 'server.log'), 'utf8')
  const when = interrupted?.aborted ? 'before the interruption' : `in ${START_SECONDS} s`
  throw new Error(`The MLflow server did not start ${when}:\n${log.split('\n').slice(-20).join('\n')}`)
}

async function stopServer(server: ChildProcess, signal: 'SIGTERM' | 'SIGKILL') {
  if (server.exitCode !== null || server.pid === undefined) return
  const ended = once(server, 'exit')
  process.kill(-server.pid, signal)
  const late = setTimeout(() => process.kill(-server.pid!, 'SIGKILL'), 10_000)
  await ended
  clearTimeout(late)
}

async function run(name: string, parameters: string[], advice: string) {
  const child = spawn(name, parameters, { stdio: ['ignore', 'inherit', 'inherit'] })
  const code = await once(child, 'exit').then(
    ([code]) => code,
    () => 1,
  )
  if (code !== 0) throw new Error(`${name} ${parameters.join(' ')} failed: ${advice}`)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function sleep(ms: number) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
