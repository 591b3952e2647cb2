/**
 * Runs a command against a real MLflow server: makes a Python environment once, starts the server on a free loopback port,
 * waits for it, sets MLFLOW_TRACKING_URI (and MLFLOW_PYTHON, a Python that has mlflow), and stops it again.
 *
 *     node --conditions=@copse/source run.ts                  this package's suites
 *     node --conditions=@copse/source run.ts -- command args  any command, in the working directory
 *
 * Before these:
 *
 *     --postgres   keep runs in PostgreSQL and artifacts in an S3 store, both started for this, instead of SQLite and files;
 *                  ends with exit code 69 and says so where PostgreSQL is not installed
 *     --full       an environment that also loads and serves models: the whole mlflow, onnx, onnxruntime
 *     --version X  another MLflow than the usual one
 *     --venv DIR   an environment that is there already
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { makeVenv } from '../../../../scripts/make-venv.ts'
import { packagesOf, VERSION } from './packages.ts'
import { freePort } from './process.ts'
import { MlflowServer } from './server.ts'
import { filesIn, findPostgres, startStores } from './stores.ts'

const SUITES = ['mlflow', 'mlflow-client', 'readme', 'mlflow-access', 'mlflow-faults'].map(
  (name) => `test/${name}.test.ts`,
)
/** Exit code for what is not installed (EX_UNAVAILABLE of sysexits.h). */
const UNAVAILABLE = 69

process.exitCode = await main(process.argv.slice(2))

async function main(given: string[]): Promise<number> {
  const end = given.indexOf('--')
  const { values } = parseArgs({
    args: end < 0 ? given : given.slice(0, end),
    options: {
      postgres: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      version: { type: 'string', default: VERSION },
      venv: { type: 'string' },
    },
  })
  const postgres = values.postgres ? await findPostgres() : undefined
  if (values.postgres && postgres === undefined) {
    console.error('NOT RUN: PostgreSQL is not installed (Debian: package postgresql)')
    return UNAVAILABLE
  }
  const venv = values.venv === undefined ? await makeVenv(packagesOf(values)) : resolve(values.venv)
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
  const directory = await mkdtemp(join(tmpdir(), 'copse-mlflow-'))
  const started = postgres === undefined ? undefined : await startStores(postgres, venv, interrupted.signal)
  const { stop, ...stores } = started ?? { ...filesIn(directory), stop: async () => {} }
  const server = new MlflowServer(venv, directory, await freePort(), { stores })
  try {
    await server.start(interrupted.signal)
    const kind = postgres === undefined ? 'SQLite and files' : 'PostgreSQL and S3'
    const version = await (await fetch(`${server.uri}/version`)).text()
    console.error(`MLflow ${version} on ${kind} serves on ${server.uri}`)
    const environment = {
      MLFLOW_TRACKING_URI: server.uri,
      MLFLOW_PYTHON: join(venv, 'bin', 'python'),
      MLFLOW_TEST_VERSION: version,
      ...(started && { MLFLOW_TEST_STORES: JSON.stringify(stores) }),
    }
    return await runCommand(end < 0 ? [] : given.slice(end + 1), environment, interrupted.signal)
  } finally {
    await server.stop()
    await stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function runCommand(
  given: string[],
  environment: Record<string, string>,
  interrupted: AbortSignal,
): Promise<number> {
  const [name = 'tap', ...parameters] = given
  const own = ['--timeout=1200', '--jobs=1', ...SUITES]
  const child = spawn(name, given.length > 0 ? parameters : own, {
    cwd: given.length > 0 ? process.cwd() : join(import.meta.dirname, '../..'),
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  })
  interrupted.addEventListener('abort', () => void child.kill())
  const [code] = await once(child, 'exit')
  return code ?? 1
}
