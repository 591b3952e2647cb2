import type { ChildProcess } from 'node:child_process'
import { get } from 'node:https'
import { join } from 'node:path'
import { startProgram, stopProgram, waitUntilReady } from './process.ts'
import { filesIn, type Stores } from './stores.ts'

/** Fourteen of CPU on an idle core; a loaded machine takes many times that. */
const START_SECONDS = 600

export interface ServerSetup {
  /** Default: SQLite and files in the server's directory. */
  stores?: Stores
  /** More of `mlflow server`'s own options. */
  options?: readonly string[]
  environment?: Readonly<Record<string, string>>
  /** Where the options make it speak TLS: what to trust and what to show when it is asked whether it is ready. */
  tls?: { ca: string; cert: string }
}

/** An MLflow server on a loopback port with its log, and without stores its data, in `directory`; it may be stopped and started there again. */
export class MlflowServer {
  readonly uri: string
  readonly #venv: string
  readonly #directory: string
  readonly #port: number
  readonly #setup: ServerSetup
  #process: ChildProcess | undefined

  constructor(venv: string, directory: string, port: number, setup: ServerSetup = {}) {
    this.#venv = venv
    this.#directory = directory
    this.#port = port
    this.#setup = setup
    this.uri = `${setup.tls ? 'https' : 'http'}://127.0.0.1:${port}`
  }

  async start(interrupted?: AbortSignal): Promise<void> {
    const log = join(this.#directory, 'server.log')
    this.#process = this.#spawn(log)
    const told = { name: 'The MLflow server', log, seconds: START_SECONDS, ...(interrupted && { interrupted }) }
    await waitUntilReady(this.#process, () => this.#isReady(), told)
  }

  /** Ends it at once, as a power cut would, or with SIGTERM in an orderly way. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#process) await stopProgram(this.#process, signal)
    this.#process = undefined
  }

  async #isReady(): Promise<boolean> {
    const [url, { tls }] = [`${this.uri}/health`, this.#setup]
    if (!tls) return (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok
    return new Promise((resolve, reject) => {
      const options = {
        ca: tls.ca,
        cert: tls.cert,
        key: tls.cert,
        signal: AbortSignal.timeout(5000),
        agent: false as const,
      }
      get(url, options, (answer) => resolve(answer.resume().statusCode === 200)).on('error', reject)
    })
  }

  #spawn(log: string): ChildProcess {
    const { MLFLOW_TRACKING_URI: _, MLFLOW_REGISTRY_URI: __, ...inherited } = process.env
    const { stores = filesIn(this.#directory), options = [], environment = {} } = this.#setup
    const { backend, artifacts } = stores
    const where = ['--host', '127.0.0.1', '--port', String(this.#port), '--workers', '1']
    const kept = ['--backend-store-uri', backend, '--artifacts-destination', artifacts]
    const name = join(this.#venv, 'bin', 'mlflow')
    return startProgram(name, ['server', ...where, ...kept, '--serve-artifacts', ...options], {
      cwd: this.#directory,
      log,
      env: {
        ...inherited,
        ...stores.environment,
        ...environment,
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
        MLFLOW_DISABLE_TELEMETRY: 'true',
        DO_NOT_TRACK: 'true',
      },
    })
  }
}
