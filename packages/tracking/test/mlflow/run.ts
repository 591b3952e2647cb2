/**
 * Runs a command against a real MLflow server: makes a Python environment once, starts the server on a free loopback port with
 * SQLite, waits for it, sets MLFLOW_TRACKING_URI (and MLFLOW_PYTHON, a Python that has mlflow), and stops it again.
 *
 *     node --conditions=@copse/source run.ts                  this package's suite
 *     node --conditions=@copse/source run.ts -- command args  any command, in the working directory
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { acquireLock } from '../../src/lock.ts'

const PACKAGES = ['mlflow-skinny==3.17.2', 'flask', 'flask-cors', 'sqlalchemy', 'alembic', 'pandas', 'aiohttp']
const CACHE = join(homedir(), '.cache', 'copse')
const START_SECONDS = 240

process.exitCode = await main(process.argv.slice(2))

async function main(parameters: string[]): Promise<number> {
  const venv = await makeVenv()
  const directory = await mkdtemp(join(tmpdir(), 'copse-mlflow-'))
  const port = await freePort()
  const uri = `http://127.0.0.1:${port}`
  const server = startServer(venv, directory, port)
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
  try {
    await waitUntilHealthy(server, uri, directory, interrupted.signal)
    console.error(`MLflow ${await (await fetch(`${uri}/version`)).text()} serves on ${uri}`)
    const environment = { MLFLOW_TRACKING_URI: uri, MLFLOW_PYTHON: join(venv, 'bin', 'python') }
    return await runCommand(parameters, environment, interrupted.signal)
  } finally {
    await stopServer(server)
    await rm(directory, { recursive: true, force: true })
  }
}

async function makeVenv(): Promise<string> {
  const wanted = PACKAGES.join(' ')
  const venv = join(CACHE, `mlflow-${hash('sha256', wanted).slice(0, 12)}`)
  const stamp = join(venv, 'complete')
  await mkdir(CACHE, { recursive: true })
  const lock = await acquireLock(join(CACHE, 'mlflow-lock'), { waitMs: 900_000 })
  try {
    if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return venv
    console.error(`Making a Python environment with ${wanted} in ${venv}, once; this takes a minute or two`)
    await rm(venv, { recursive: true, force: true })
    await run(
      'python3',
      ['-m', 'venv', venv],
      'Python 3 with venv is needed (Debian: packages python3 and python3-venv)',
    )
    await run(join(venv, 'bin', 'pip'), ['install', '-q', '--disable-pip-version-check', ...PACKAGES], 'pip failed')
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

async function waitUntilHealthy(server: ChildProcess, uri: string, directory: string, interrupted: AbortSignal) {
  for (const end = Date.now() + START_SECONDS * 1000; Date.now() < end; await sleep(250)) {
    if (server.exitCode !== null || interrupted.aborted) break
    const answer = await fetch(`${uri}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    if (answer?.ok) return
  }
  const log = await readFile(join(directory, 'server.log'), 'utf8')
  const when = interrupted.aborted ? 'before the interruption' : `in ${START_SECONDS} s`
  throw new Error(`The MLflow server did not start ${when}:\n${log.split('\n').slice(-20).join('\n')}`)
}

async function runCommand(
  parameters: string[],
  environment: Record<string, string>,
  interrupted: AbortSignal,
): Promise<number> {
  const own = {
    name: 'tap',
    parameters: ['--timeout=300', 'test/mlflow.test.ts'],
    cwd: join(import.meta.dirname, '../..'),
  }
  const given = parameters[0] === '--' ? parameters.slice(1) : parameters
  const command = given.length > 0 ? { name: given[0]!, parameters: given.slice(1), cwd: process.cwd() } : own
  const child = spawn(command.name, command.parameters, {
    cwd: command.cwd,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  })
  interrupted.addEventListener('abort', () => void child.kill())
  const [code] = await once(child, 'exit')
  return code ?? 1
}

async function stopServer(server: ChildProcess) {
  if (server.exitCode !== null || server.pid === undefined) return
  const ended = once(server, 'exit')
  process.kill(-server.pid, 'SIGTERM')
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function sleep(ms: number) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
