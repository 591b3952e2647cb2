import { basename, join } from 'node:path'
import { checkArtifactPath } from './artifact-path.ts'
import { BUNDLE_TAG, verifyBundle } from './bundle.ts'
import { checkDataset } from './dataset-input.ts'
import { copyWhole, fillDirectory, listFiles, makeDirectory, type StoredFile, writeWhole } from './disk.ts'
import { TrackingError } from './errors.ts'
import {
  bad,
  checkAlias,
  checkLoggedModelName,
  checkMetric,
  checkParams,
  checkRegisteredModelName,
  checkTags,
  checkText,
  type Entry,
  LIMITS,
} from './guards.ts'
import { Journal } from './journal.ts'
import { copyFiles, type LocalRegistry } from './local-registry.ts'
import { acquireLock, type Lock } from './lock.ts'
import type { ModelOperation, Operation, Sent, StartOperation } from './operation.ts'
import { Queue } from './queue.ts'
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
} from './types.ts'

/** Takes a run's operations to a server. `run` is what the start was answered with; only the start itself goes without. */
export interface Sender {
  apply(operation: Operation, directory: string, run: Sent['run']): Promise<Omit<Sent, 'record'>>
  runUrl(run: NonNullable<Sent['run']>): string
}

/** Where a run's operations go after its journal: into the registry of the local store, or through a sender to a server. */
export type Destination = { local: LocalRegistry } | { sender: Sender; registry: Registry }

/**
 * A run that is being written. Each operation is checked, appended to the run's journal, then sent. Two queues keep the order
 * of the calls: one for the disk, one for the server, so that the journal never waits for the network.
 */
export class JournaledRun implements Run {
  readonly uuid: string
  readonly experiment: string
  readonly name: string
  readonly directory: string
  #id: string
  #url: string | undefined
  readonly #destination: Destination
  readonly #journal: Journal
  readonly #sent: Journal | undefined
  readonly #lock: Lock
  readonly #onEnd: (run: JournaledRun) => void
  readonly #disk = new Queue()
  readonly #wire = new Queue()
  readonly #params = new Map<string, string>()
  #run: Sent['run']
  #ending: Promise<void> | undefined

  private constructor(
    start: StartOperation,
    directory: string,
    destination: Destination,
    files: { journal: Journal; sent: Journal | undefined; lock: Lock },
    onEnd: (run: JournaledRun) => void,
  ) {
    this.uuid = start.uuid
    this.experiment = start.experiment
    this.name = start.name
    this.directory = directory
    this.#id = start.uuid
    this.#destination = destination
    this.#journal = files.journal
    this.#sent = files.sent
    this.#lock = files.lock
    this.#onEnd = onEnd
  }

  /** Makes the run's directory with its lock and journal, and starts the run on the server when there is one. */
  static async start(
    start: StartOperation,
    home: string,
    destination: Destination,
    onEnd: (run: JournaledRun) => void,
  ): Promise<JournaledRun> {
    const directory = join(home, 'runs', start.uuid)
    await makeDirectory(directory)
    const lock = await acquireLock(join(directory, 'lock'))
    const journal = await Journal.create(join(directory, 'journal'), 'run')
    const sent = 'sender' in destination ? await Journal.create(join(directory, 'sent'), 'sent') : undefined
    const run = new JournaledRun(start, directory, destination, { journal, sent, lock }, onEnd)
    try {
      await run.#do(async () => start)
    } catch (error) {
      await run.#close('FAILED')
      throw error
    }
    return run
  }

  get id(): string {
    return this.#id
  }

  get url(): string | undefined {
    return this.#url
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
    await this.#do(async () => ({ op: 'batch', metrics, params, tags }))
  }

  async logDataset(dataset: DatasetInput): Promise<void> {
    this.#checkOpen()
    const operation = checkDataset(dataset)
    await this.#do(async () => operation)
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

  async logModel(bundleDirectory: string, options: LogModelOptions): Promise<LoggedModel> {
    this.#checkOpen()
    const name = checkLoggedModelName(options.name)
    const register = checkRegistration(options)
    const { operation, sent } = await this.#do(() => this.#storeModel(bundleDirectory, name, register))
    const modelId = sent?.model?.id ?? operation.model
    const version = await this.#register(operation, sent)
    return version ? { modelId, version } : { modelId }
  }

  async flush(): Promise<void> {
    if (this.#ending) return this.#ending
    await this.#disk.run(async () => {
      await this.#journal.flush()
      await this.#sent?.flush()
    })
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
    try {
      await this.#do(async () => ({ op: 'end', status, time: Date.now() }))
    } finally {
      await this.#wire.run(async () => {})
      try {
        await this.#journal.close()
        await this.#sent?.close()
      } finally {
        await this.#lock.release()
        this.#onEnd(this)
      }
    }
  }

  /** Appends what `prepare` answers to the journal, then sends it; settles when the server has it. */
  async #do<T extends Operation>(prepare: () => Promise<T>): Promise<{ operation: T; sent?: Omit<Sent, 'record'> }> {
    const { operation, sending } = await this.#disk.run(async () => {
      const operation = await prepare()
      const record = this.#journal.append(operation)
      // In an object, so that this queue does not wait for it.
      return { operation, sending: this.#wire.run(() => this.#send(record, operation)) }
    })
    const sent = await sending
    return sent ? { operation, sent } : { operation }
  }

  async #send(record: number, operation: Operation): Promise<Omit<Sent, 'record'> | undefined> {
    if (!('sender' in this.#destination)) return undefined
    const { sender } = this.#destination
    if (!this.#run && operation.op !== 'start') return undefined
    try {
      const answer = await sender.apply(operation, this.directory, this.#run)
      this.#sent?.append({ record, ...answer } satisfies Sent)
      if (answer.run) {
        this.#run = answer.run
        this.#id = answer.run.id
        this.#url = sender.runUrl(answer.run)
      }
      return answer
    } catch (error) {
      if (error instanceof TrackingError && isRefusal(error)) {
        this.#sent?.append({ record, refused: { status: error.status, errorCode: error.errorCode } } satisfies Sent)
      }
      throw error
    }
  }

  async #storeArtifact(path: string, store: (target: string) => Promise<StoredFile>) {
    this.#checkOpen()
    const segments = checkArtifactPath(path)
    await this.#do(async () => {
      await makeDirectory(join(this.directory, 'artifacts', ...segments.slice(0, -1)))
      return { op: 'artifact', path, ...(await store(join(this.directory, 'artifacts', ...segments))) }
    })
  }

  async #storeModel(from: string, name: string, register: ModelOperation['register']): Promise<ModelOperation> {
    const paths = await listFiles(from)
    if (paths.length === 0) throw new TrackingError('TRACKING_ERR_FILE', `The model directory ${from} holds no files`)
    paths.forEach(checkArtifactPath)
    const model = `m-${crypto.randomUUID().replaceAll('-', '')}`
    let files: ModelOperation['files'] = []
    let sum: string | undefined
    await fillDirectory(join(this.directory, 'models', model), async (temporary) => {
      files = await copyFiles(from, paths, temporary)
      sum = await verifyBundle(temporary)
    })
    if (register && sum !== undefined) register.tags = withTag(register.tags, { key: BUNDLE_TAG, value: sum })
    return { op: 'model', model, name, files, register, time: Date.now() }
  }

  async #register(operation: ModelOperation, sent?: Omit<Sent, 'record'>): Promise<ModelVersion | undefined> {
    const { model, register } = operation
    if (!register) return undefined
    if ('local' in this.#destination) {
      const source = `runs/${this.uuid}/models/${model}`
      return this.#destination.local.register({ ...register, runUuid: this.uuid, modelId: model, source })
    }
    return this.#destination.registry.get(register.name, { version: sent!.model!.version! })
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

function checkRegistration(options: LogModelOptions): ModelOperation['register'] {
  const { registeredModelName, alias, tags = {}, description } = options
  if (registeredModelName === undefined) {
    if (alias === undefined && description === undefined && Object.keys(tags).length === 0) return null
    throw bad('An alias, tags or a description of a model version ask for a registeredModelName')
  }
  return {
    name: checkRegisteredModelName(registeredModelName),
    alias: alias === undefined ? null : checkAlias(alias),
    tags: checkTags(tags, LIMITS.versionTag),
    description: description === undefined ? null : checkText('The description', description, LIMITS.description),
  }
}

function withTag(tags: Entry[], tag: Entry) {
  return [...tags.filter(({ key }) => key !== tag.key), tag]
}

/** An answer that the same request would get again. */
function isRefusal(error: TrackingError) {
  return error.code === 'TRACKING_ERR_HTTP' && error.status !== undefined && error.status >= 400 && error.status < 500
}
