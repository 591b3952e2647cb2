import { basename, join } from 'node:path'
import { isAway, unless } from './answer.ts'
import { checkArtifactPath } from './artifact-path.ts'
import { checkDataset } from './dataset-input.ts'
import { copyWhole, listFiles, makeDirectory, type StoredFile, writeWhole } from './disk.ts'
import { checkFigure, toJsonDocument, toTableDocument } from './documents.ts'
import { TrackingError } from './errors.ts'
import { bad, checkLoggedModelName, checkMetric, checkParams, checkTags, type Entry } from './guards.ts'
import type { LocalRegistry } from './local-registry.ts'
import type { Answer, ModelOperation, Registration, Sender, StartOperation } from './operation.ts'
import { Outbox } from './outbox.ts'
import { checkRegistration } from './registration.ts'
import { storeModel } from './store-model.ts'
import { SystemMetrics } from './system-metrics.ts'
import type {
  DatasetInput,
  LoggedModel,
  LogModelOptions,
  MetricPoint,
  ModelVersion,
  ParamValue,
  Registry,
  Run,
  RunStatus,
  Table,
} from './types.ts'

/** Where a run's operations go after its journal: into the registry of the local store, or through a sender to a server. */
export type Destination =
  | { local: LocalRegistry }
  | { sender: Sender; registry: Registry; warn: (warning: string) => void }

/** A run that is being written: checks each call and hands it to the run's outbox. */
export class JournaledRun implements Run {
  readonly uuid: string
  readonly experiment: string
  readonly name: string
  readonly #outbox: Outbox
  readonly #destination: Destination
  readonly #onEnd: (run: JournaledRun) => void
  readonly #params = new Map<string, string>()
  readonly #tables = new Set<string>()
  #systemMetrics: SystemMetrics | undefined
  #ending: Promise<void> | undefined

  private constructor(
    start: StartOperation,
    outbox: Outbox,
    destination: Destination,
    onEnd: (run: JournaledRun) => void,
  ) {
    this.uuid = start.uuid
    this.experiment = start.experiment
    this.name = start.name
    this.#outbox = outbox
    this.#destination = destination
    this.#onEnd = onEnd
  }

  /** Makes the run's directory and journal, and starts the run on the server when there is one. */
  static async start(
    start: StartOperation,
    home: string,
    destination: Destination,
    onEnd: (run: JournaledRun) => void,
  ): Promise<JournaledRun> {
    const { sender, warn } = 'sender' in destination ? destination : { sender: undefined, warn: () => {} }
    const outbox = await Outbox.create(join(home, 'runs', start.uuid), { sender, warn })
    const run = new JournaledRun(start, outbox, destination, onEnd)
    try {
      await outbox.apply(async () => start)
    } catch (error) {
      await run.end('FAILED').catch(() => {})
      throw error
    }
    return run
  }

  get id(): string {
    return this.#outbox.run?.id ?? this.uuid
  }

  get url(): string | undefined {
    const { run } = this.#outbox
    return run && 'sender' in this.#destination ? this.#destination.sender.runUrl(run) : undefined
  }

  get directory(): string {
    return this.#outbox.directory
  }

  get pending(): number {
    return this.#outbox.pending
  }

  logParams(params: Readonly<Record<string, ParamValue>>): Promise<void> {
    return this.logBatch({ params })
  }

  logMetrics(
    metrics: Readonly<Record<string, number>>,
    at: { step?: number | undefined; timestamp?: number | undefined } = {},
  ): Promise<void> {
    return this.logBatch({ metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, ...at })) })
  }

  logTags(tags: Readonly<Record<string, string>>): Promise<void> {
    return this.logBatch({ tags })
  }

  async logBatch(batch: {
    metrics?: readonly MetricPoint[] | undefined
    params?: Readonly<Record<string, ParamValue>> | undefined
    tags?: Readonly<Record<string, string>> | undefined
  }): Promise<void> {
    this.#checkOpen()
    const now = Date.now()
    const metrics = (batch.metrics ?? []).map((point) => checkMetric(point, now))
    const params = this.#newParams(checkParams(batch.params ?? {}))
    const tags = checkTags(batch.tags ?? {})
    if (metrics.length + params.length + tags.length === 0) return
    for (const { key, value } of params) this.#params.set(key, value)
    try {
      await this.#outbox.apply(async () => ({ op: 'batch', metrics, params, tags }))
    } catch (error) {
      // What did not get through may be logged again.
      for (const { key } of params) this.#params.delete(key)
      throw error
    }
  }

  async logDataset(dataset: DatasetInput): Promise<void> {
    this.#checkOpen()
    const operation = checkDataset(dataset)
    await this.#outbox.apply(async () => operation)
  }

  async logArtifact(file: string, path: string = basename(file)): Promise<void> {
    await this.#storeArtifact(path, (target) => copyWhole(file, target))
  }

  async logArtifacts(directory: string, path?: string): Promise<void> {
    this.#checkOpen()
    if (path !== undefined) checkArtifactPath(path)
    const files = await listFiles(directory)
    const paths = files.map((file) => (path === undefined ? file : `${path}/${file}`))
    paths.forEach(checkArtifactPath)
    const stored = files.map((file, index) => this.logArtifact(join(directory, ...file.split('/')), paths[index]!))
    for (const result of await Promise.allSettled(stored)) if (result.status === 'rejected') throw result.reason
  }

  async logText(text: string, artifactPath: string): Promise<void> {
    if (typeof text !== 'string') throw bad(`The text of the artifact ${artifactPath} must be text`)
    await this.#storeArtifact(artifactPath, (target) => writeWhole(target, text))
  }

  async logDict(dictionary: object, artifactPath: string): Promise<void> {
    await this.logText(toJsonDocument(dictionary, artifactPath), artifactPath)
  }

  async logTable(table: Table, artifactPath: string): Promise<void> {
    await this.logText(toTableDocument(table, artifactPath), artifactPath)
    this.#tables.add(artifactPath)
    const list = [...this.#tables].map((path) => ({ path, type: 'table' }))
    await this.logTags({ 'mlflow.loggedArtifacts': JSON.stringify(list) })
  }

  async logFigure(figure: string | Uint8Array, artifactPath: string): Promise<void> {
    const picture = checkFigure(figure, artifactPath)
    await this.#storeArtifact(artifactPath, (target) => writeWhole(target, picture))
  }

  async logModel(bundleDirectory: string, options: LogModelOptions): Promise<LoggedModel> {
    this.#checkOpen()
    const name = checkLoggedModelName(options.name)
    const register = await this.#knowAlias(checkRegistration(options))
    const { operation, answer } = await this.#outbox.apply(() =>
      storeModel(bundleDirectory, this.directory, name, register),
    )
    const modelId = answer?.model?.id ?? operation.model
    const version = await this.#register(operation, answer)
    return version ? { modelId, version } : { modelId }
  }

  /** Begins to log what the machine does; ended with the run. */
  measureSystem(intervalMs: number): void {
    this.#systemMetrics = new SystemMetrics((metrics, step) => this.logMetrics(metrics, { step }), intervalMs)
  }

  async flush(): Promise<void> {
    await (this.#ending ?? this.#outbox.flush())
  }

  end(status: RunStatus = 'FINISHED'): Promise<void> {
    if (this.#ending) return this.#ending
    if (!['FINISHED', 'FAILED', 'KILLED'].includes(status)) {
      return Promise.reject(bad(`A run ends FINISHED, FAILED or KILLED, not ${JSON.stringify(status)}`))
    }
    this.#ending = this.#close(status)
    return this.#ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('FAILED')
  }

  async #close(status: RunStatus) {
    await this.#systemMetrics?.stop()
    try {
      await this.#outbox.apply(async () => ({ op: 'end', status, time: Date.now() }))
    } finally {
      this.#onEnd(this)
      await this.#outbox.close()
    }
  }

  async #storeArtifact(path: string, store: (target: string) => Promise<StoredFile>) {
    this.#checkOpen()
    const segments = checkArtifactPath(path)
    await this.#outbox.apply(async () => {
      await makeDirectory(join(this.directory, 'artifacts', ...segments.slice(0, -1)))
      return { op: 'artifact', path, ...(await store(join(this.directory, 'artifacts', ...segments))) }
    })
  }

  async #register(operation: ModelOperation, answer?: Answer): Promise<ModelVersion | undefined> {
    const { model, register } = operation
    if (!register) return undefined
    if ('local' in this.#destination) {
      const { aliasFrom: _, ...version } = register
      const source = `runs/${this.uuid}/models/${model}`
      return this.#destination.local.register({ ...version, runUuid: this.uuid, modelId: model, source })
    }
    const version = answer?.model?.version
    if (version === undefined) return undefined
    return this.#destination.registry.get(register.name, { version }).catch(unless(isAway))
  }

  /** A move that waits for the server applies only if the alias is still where it is now. */
  async #knowAlias(register: Registration | null): Promise<Registration | null> {
    if (!register?.alias || register.aliasFrom !== undefined || 'local' in this.#destination) return register
    const { name, alias } = register
    const reply = this.#destination.registry.get(name, { alias }).then((found) => found?.version ?? null)
    // Whatever fails here, the model itself is still to be kept.
    const aliasFrom = await reply.catch(() => undefined)
    return aliasFrom === undefined ? register : { ...register, aliasFrom }
  }

  /** Params not logged before. MLflow refuses a whole batch that changes one, so that is refused here first. */
  #newParams(params: Entry[]): Entry[] {
    return params.filter(({ key, value }) => {
      const before = this.#params.get(key)
      if (before !== undefined && before !== value) {
        throw bad(`The param ${key} is ${JSON.stringify(before)} already and cannot become ${JSON.stringify(value)}`)
      }
      return before === undefined
    })
  }

  #checkOpen() {
    if (this.#ending)
      throw new TrackingError('TRACKING_ERR_RUN_ENDED', `The run ${this.name} has ended and takes no more`)
  }
}
