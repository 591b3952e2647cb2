/**
 * Runs a command against a real MLflow server: makes a Python environment once, starts the server on a free loopback port with
 * SQLite, waits for it, sets MLFLOW_TRACKING_URI (and MLFLOW_PYTHON, a Python that has mlflow), and stops it again.
 *
 *     node --conditions=@copse/source run.ts                  this package's suites
 *     node --conditions=@copse/source run.ts -- command args  any command, in the working directory
 *
 * With --full before these, the environment is one that also loads and serves models: the whole mlflow, onnx, onnxruntime.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FULL, freePort, MlflowServer, makeVenv, SMALL } from './server.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(given: string[]): Promise<number> {
  const full = given[0] === '--full'
  const parameters = full ? given.slice(1) : given
  const venv = await makeVenv(full ? FULL : SMALL)
  const directory = await mkdtemp(join(tmpdir(), 'copse-mlflow-'))
  const server = new MlflowServer(venv, directory, await freePort())
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
  try {
    await server.start(interrupted.signal)
    console.error(`MLflow ${await (await fetch(`${server.uri}/version`)).text()} serves on ${server.uri}`)
    const environment = { MLFLOW_TRACKING_URI: server.uri, MLFLOW_PYTHON: join(venv, 'bin', 'python') }
    return await runCommand(parameters, environment, interrupted.signal)
  } finally {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function runCommand(
  parameters: string[],
  environment: Record<string, string>,
  interrupted: AbortSignal,
): Promise<number> {
  const own = {
    name: 'tap',
    parameters: [
      '--timeout=1200',
      '--jobs=1',
      'test/mlflow.test.ts',
      'test/mlflow-client.test.ts',
      'test/mlflow-faults.test.ts',
    ],
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
