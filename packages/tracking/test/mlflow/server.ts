import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { startProgram, stopProgram, waitUntilReady } from './process.ts'
import { filesIn, type Stores } from './stores.ts'

const START_SECONDS = 240

/** An MLflow server on a loopback port with its log, and without `stores` its data, in `directory`; it may be stopped and started there again. */
export class MlflowServer {
  readonly uri: string
  readonly #venv: string
  readonly #directory: string
  readonly #port: number
  readonly #stores: Stores
  #process: ChildProcess | undefined

  constructor(venv: string, directory: string, port: number, stores: Stores = filesIn(directory)) {
    this.#venv = venv
    this.#directory = directory
    this.#port = port
    this.#stores = stores
    this.uri = `http://127.0.0.1:${port}`
  }

  async start(interrupted?: AbortSignal): Promise<void> {
    const log = join(this.#directory, 'server.log')
    this.#process = this.#spawn(log)
    const isReady = async () => (await fetch(`${this.uri}/health`, { signal: AbortSignal.timeout(5000) })).ok
    const told = { name: 'The MLflow server', log, seconds: START_SECONDS, ...(interrupted && { interrupted }) }
    await waitUntilReady(this.#process, isReady, told)
  }

  /** Ends it at once, as a power cut would, or with SIGTERM in an orderly way. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#process) await stopProgram(this.#process, signal)
    this.#process = undefined
  }

  #spawn(log: string): ChildProcess {
    const { MLFLOW_TRACKING_URI: _, MLFLOW_REGISTRY_URI: __, ...inherited } = process.env
    const { backend, artifacts, environment } = this.#stores
    const where = ['--host', '127.0.0.1', '--port', String(this.#port), '--workers', '1']
    const stores = ['--backend-store-uri', backend, '--artifacts-destination', artifacts]
    const name = join(this.#venv, 'bin', 'mlflow')
    return startProgram(name, ['server', ...where, ...stores, '--serve-artifacts'], {
      cwd: this.#directory,
      log,
      env: {
        ...inherited,
        ...environment,
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
        MLFLOW_DISABLE_TELEMETRY: 'true',
        DO_NOT_TRACK: 'true',
      },
    })
  }
}
