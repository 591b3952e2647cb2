import { open, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { ArtifactStore } from './artifact-store.ts'
import { codeOf, makeDirectory } from './disk.ts'
import { TrackingError } from './errors.ts'
import { checkExperimentName, checkNumber, checkRunName, checkTags, type Entry } from './guards.ts'
import { LocalRegistry } from './local-registry.ts'
import { MlflowRegistry } from './mlflow-registry.ts'
import type { StartOperation } from './operation.ts'
import { recoverRuns } from './recover-runs.ts'
import { checkServerOptions, Rest } from './rest.ts'
import { type Destination, JournaledRun } from './run.ts'
import { MlflowSender } from './sender.ts'
import type { Registry, Run, StartRunOptions, Tracking, TrackingOptions } from './types.ts'

const DEFAULTS = {
  home: '.copse',
  readOnly: false,
  maxDownloadBytes: 2 ** 31,
} as const

/** Milliseconds between two measurements of the machine, as Python's client has it. */
const SYSTEM_METRICS_INTERVAL = 10_000

/**
 * Opens the local store under `home`, or with `uri` an MLflow server (which is not spoken to before the first use). Runs in
 * `home` whose process died are ended KILLED, and `onWarning` is told what was dropped from their journals. Throws
 * TRACKING_ERR_OPTION for an address or number that cannot be meant, TRACKING_ERR_HOME when `home` cannot be written.
 */
export async function openTracking(options: TrackingOptions = {}): Promise<Tracking> {
  const home = resolve(options.home ?? DEFAULTS.home)
  const readOnly = options.readOnly ?? DEFAULTS.readOnly
  const warn = options.onWarning ?? (() => {})
  checkServerOptions(options)
  const maxDownloadBytes = checkNumber(
    'maxDownloadBytes',
    options.maxDownloadBytes ?? DEFAULTS.maxDownloadBytes,
    1,
    2 ** 53 - 1,
  )
  if (options.uri !== undefined) {
    const rest = new Rest(options.uri, options)
    const artifacts = new ArtifactStore(rest)
    const registry = new MlflowRegistry(rest, artifacts, maxDownloadBytes)
    const sender = new MlflowSender(rest, artifacts)
    if (!readOnly) await prepareHome(home, warn)
    return new Store(home, options, { sender, registry, warn }, { location: rest.location, registry })
  }
  if (!readOnly) await prepareHome(home, warn)
  const local = new LocalRegistry(home, { readOnly, warn })
  return new Store(home, options, { local }, { location: home, registry: local })
}

class Store implements Tracking {
  readonly location: string
  readonly remote: boolean
  readonly home: string
  readonly registry: Registry
  readonly #options: TrackingOptions
  readonly #destination: Destination
  readonly #runs = new Set<JournaledRun>()

  constructor(
    home: string,
    options: TrackingOptions,
    destination: Destination,
    { location, registry }: { location: string; registry: Registry },
  ) {
    this.home = home
    this.location = location
    this.remote = 'sender' in destination
    this.registry = registry
    this.#options = options
    this.#destination = destination
  }

  async startRun(options: StartRunOptions): Promise<Run> {
    if (this.#options.readOnly) {
      throw new TrackingError('TRACKING_ERR_HOME', `The store ${this.home} was opened to read only`)
    }
    const { systemMetrics = false } = options
    const intervalMs = typeof systemMetrics === 'object' ? systemMetrics.intervalMs : SYSTEM_METRICS_INTERVAL
    checkNumber('intervalMs', intervalMs, 1)
    const start = this.#start(options)
    const run = await JournaledRun.start(start, this.home, this.#destination, (ended) => this.#runs.delete(ended))
    this.#runs.add(run)
    if (systemMetrics !== false) run.measureSystem(intervalMs)
    return run
  }

  async withRun<T>(options: StartRunOptions, use: (run: Run) => Promise<T>): Promise<T> {
    const run = await this.startRun(options)
    let result: T
    try {
      result = await use(run)
    } catch (error) {
      await run.end('FAILED').catch(() => {})
      throw error
    }
    await run.end()
    return result
  }

  async close(): Promise<void> {
    for (const result of await Promise.allSettled([...this.#runs].map((run) => run.end('FAILED')))) {
      if (result.status === 'rejected') throw result.reason
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #start({ experiment, runName, tags = {}, parent }: StartRunOptions): StartOperation {
    const uuid = uuidv7()
    checkExperimentName(experiment)
    const name = checkRunName(runName ?? tags['mlflow.runName'] ?? `${experiment.slice(0, 200)}-${uuid.slice(-8)}`)
    const user = this.#options.user ?? systemUser()
    const own: Record<string, string> = {
      'mlflow.runName': name,
      ...(user && { 'mlflow.user': user }),
      'mlflow.source.type': 'LOCAL',
      ...(this.#options.source?.name && { 'mlflow.source.name': this.#options.source.name }),
      ...(this.#options.source?.gitCommit && { 'mlflow.source.git.commit': this.#options.source.gitCommit }),
      'copse.run_uuid': uuid,
    }
    const all: Entry[] = checkTags({ ...own, ...tags, 'mlflow.runName': name, 'copse.run_uuid': uuid })
    return {
      op: 'start',
      uuid,
      location: this.remote ? this.location : null,
      experiment,
      name,
      user: user ?? null,
      parent: parent ? { uuid: parent.uuid, id: parent.id } : null,
      tags: all,
      time: Date.now(),
    }
  }
}

async function prepareHome(home: string, warn: (warning: string) => void) {
  try {
    await makeDirectory(join(home, 'runs'))
    const probe = join(home, `.tmp-${uuidv7()}`)
    await (await open(probe, 'wx')).close()
    await rm(probe)
  } catch (cause) {
    const reason = codeOf((cause as Error).cause) ?? codeOf(cause) ?? String(cause)
    throw new TrackingError('TRACKING_ERR_HOME', `The tracking folder ${home} cannot be written (${reason})`, { cause })
  }
  await recoverRuns(home, warn)
}

/** Asked once: it reads the system's list of users. */
let user: string | undefined

function systemUser(): string | undefined {
  try {
    user ??= userInfo().username
    return user
  } catch {
    return undefined
  }
}
