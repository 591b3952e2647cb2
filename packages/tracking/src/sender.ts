import { join } from 'node:path'
import { isAway, isMissing, text, unless } from './answer.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { BATCH_LIMITS, splitBatch } from './batches.ts'
import { MLMODEL_FILE, type ModelPlace, withCompleted } from './complete-mlmodel.ts'
import { Copies, MODEL_TAG } from './copies.ts'
import { toDatasetEntry } from './dataset-input.ts'
import { endpoints } from './endpoints.ts'
import { TrackingError } from './errors.ts'
import { readJournal } from './journal.ts'
import type {
  Answer,
  ArtifactOperation,
  BatchOperation,
  DatasetOperation,
  EndOperation,
  ModelOperation,
  Operation,
  Registration,
  Sender,
  Sent,
  StartOperation,
} from './operation.ts'
import type { Rest } from './rest.ts'
import { readSent, readStart } from './sent.ts'

type ServerRun = NonNullable<Sent['run']>

/** Takes the operations of runs to an MLflow server. */
export class MlflowSender implements Sender {
  readonly #rest: Rest
  readonly #artifacts: ArtifactStore
  readonly #copies: Copies
  readonly #experiments = new Map<string, string>()

  constructor(rest: Rest, artifacts: ArtifactStore) {
    this.#rest = rest
    this.#artifacts = artifacts
    this.#copies = new Copies(rest)
  }

  async apply(operation: Operation, directory: string, run: Sent['run'], again: boolean): Promise<Answer> {
    if (operation.op === 'start') return { run: await this.#start(operation, directory, again) }
    if (!run)
      throw new TrackingError('TRACKING_ERR_JOURNAL', `The run in ${directory} has not been started on the server`)
    if (operation.op === 'batch') await this.#batch(operation, run)
    else if (operation.op === 'dataset') await this.#dataset(operation, run)
    else if (operation.op === 'artifact') await this.#artifact(operation, directory, run)
    else if (operation.op === 'model') return { model: await this.#model(operation, directory, run, again) }
    else await this.#end(operation, directory, run, again)
    return {}
  }

  get isResting(): boolean {
    return this.#rest.isResting
  }

  isUp(): Promise<boolean> {
    return this.#rest.isUp()
  }

  runUrl({ id, experimentId }: ServerRun): string {
    return `${this.#rest.location}/#/experiments/${experimentId}/runs/${id}`
  }

  async #start(operation: StartOperation, directory: string, again: boolean): Promise<ServerRun> {
    const { uuid, experiment, name, user, parent, tags, time } = operation
    const experimentId = await this.#experimentId(experiment)
    const found = again && (await this.#copies.run(experimentId, uuid))
    if (found) return found
    const parentId = parent && (await this.#parentId(parent, experimentId, directory))
    const { run } = await this.#rest.call(endpoints.createRun, {
      experiment_id: experimentId,
      ...(user !== null && { user_id: user }),
      run_name: name,
      start_time: time,
      tags: parentId ? [...tags, { key: 'mlflow.parentRunId', value: parentId }] : tags,
    })
    const id = text(run?.info?.run_id, 'run_id of a new run')
    return { id, experimentId, artifactUri: text(run?.info?.artifact_uri, 'artifact_uri of a new run') }
  }

  /** A parent that began while the server was away has its id by now, or its children wait for it. */
  async #parentId(parent: NonNullable<StartOperation['parent']>, experimentId: string, directory: string) {
    if (parent.id !== parent.uuid) return parent.id
    const home = join(directory, '..', parent.uuid)
    const start = await readStart(home)
    if (!start) return (await this.#copies.run(experimentId, parent.uuid))?.id
    const sent = await readSent(home, start, this.#rest.location)
    const id = sent.find(({ run }) => run)?.run?.id
    if (id !== undefined || sent.some(({ record, refused }) => record === 1 && refused)) return id
    throw new TrackingError('TRACKING_ERR_UNREACHABLE', `The parent run in ${home} has not arrived on the server yet`)
  }

  /** A create that was thought lost may have been carried out after the look for it: the last word is spoken here. */
  async #end({ status, time }: EndOperation, directory: string, run: ServerRun, again: boolean) {
    const start = again && (await readStart(directory))
    if (start) await this.#copies.run(run.experimentId, start.uuid, run.id)
    await this.#rest.call(endpoints.updateRun, { run_id: run.id, status, end_time: time })
  }

  async #experimentId(name: string): Promise<string> {
    const known =
      this.#experiments.get(name) ?? (await this.#findExperiment(name)) ?? (await this.#makeExperiment(name))
    this.#experiments.set(name, known)
    return known
  }

  async #findExperiment(name: string): Promise<string | undefined> {
    const reply = await this.#rest
      .call(endpoints.getExperimentByName, { experiment_name: name })
      .catch(unless(isMissing))
    if (!reply) return undefined
    if (reply.experiment?.lifecycle_stage === 'deleted') {
      const id = reply.experiment.experiment_id
      throw new TrackingError(
        'TRACKING_ERR_EXPERIMENT_DELETED',
        `The experiment ${JSON.stringify(name)} was deleted on ${this.#rest.location}: restore it with "mlflow experiments restore -x ${id}" or choose another name`,
      )
    }
    return text(reply.experiment?.experiment_id, 'experiment_id of an experiment')
  }

  async #makeExperiment(name: string): Promise<string> {
    const reply = await this.#rest.call(endpoints.createExperiment, { name }).catch(unless(isThereAlready))
    const id = reply ? reply.experiment_id : await this.#findExperiment(name)
    return text(id, 'experiment_id of a new experiment')
  }

  async #batch(batch: BatchOperation, run: ServerRun) {
    for (const part of splitBatch(batch)) await this.#rest.call(endpoints.logBatch, { run_id: run.id, ...part })
  }

  async #dataset(operation: DatasetOperation, run: ServerRun) {
    await this.#rest.call(endpoints.logInputs, { run_id: run.id, datasets: [toDatasetEntry(operation)] })
  }

  async #artifact({ path }: ArtifactOperation, directory: string, run: ServerRun) {
    await this.#artifacts.put(run.artifactUri, path, join(directory, 'artifacts', ...path.split('/')))
  }

  async #model(
    operation: ModelOperation,
    directory: string,
    run: ServerRun,
    again: boolean,
  ): Promise<NonNullable<Sent['model']>> {
    const { id, source } = await this.#placeModel(operation, directory, run, again)
    if (!operation.register) return { id }
    return { id, ...(await this.#register(operation.register, operation.model, { id, source }, run, again)) }
  }

  /** Brings a model's files to the server; answers its id and what a version of it names as its source. */
  async #placeModel(operation: ModelOperation, directory: string, run: ServerRun, again: boolean) {
    try {
      const found = again && (await this.#copies.model(run.experimentId, operation.model))
      const { id, root, ready } = found || (await this.#makeModel(operation, directory, run))
      if (!ready) await this.#fillModel(operation, directory, { id, root, run, again })
      return { id, source: `models:/${id}` }
    } catch (error) {
      if (!(await this.#lacksLoggedModels(error))) throw error
      const [id, source] = [operation.model, `${run.artifactUri}/${operation.name}`]
      await this.#putModel(operation, directory, { modelId: id, runId: run.id, artifactPath: operation.name }, source)
      return { id, source }
    }
  }

  /** MLflow 2 does not know the call, and keeps models among the artifacts of their runs. */
  async #lacksLoggedModels(error: unknown): Promise<boolean> {
    const isUnknown = error instanceof TrackingError && error.status === 404 && error.errorCode === undefined
    return isUnknown && (await this.#rest.version()).startsWith('2.')
  }

  async #makeModel(operation: ModelOperation, directory: string, run: ServerRun) {
    const { params, tags } = await describeModel(operation, directory)
    const { model } = await this.#rest.call(endpoints.createLoggedModel, {
      experiment_id: run.experimentId,
      name: operation.name,
      source_run_id: run.id,
      params,
      tags,
    })
    return {
      id: text(model?.info?.model_id, 'model_id of a new model'),
      root: text(model?.info?.artifact_uri, 'artifact_uri of a new model'),
      ready: false,
    }
  }

  async #fillModel(
    operation: ModelOperation,
    directory: string,
    { id, root, run, again }: { id: string; root: string; run: ServerRun; again: boolean },
  ) {
    const finalize = (status: string) => this.#rest.call(endpoints.finalizeLoggedModel, { id, model_id: id, status })
    try {
      if (!(again && (await this.#copies.isLinked(run.id, id)))) {
        await this.#rest.call(endpoints.logOutputs, { run_id: run.id, models: [{ model_id: id, step: 0 }] })
      }
      await this.#putModel(operation, directory, { modelId: id, runId: run.id, artifactPath: root }, root)
    } catch (error) {
      // A server that is away gets the rest later.
      if (!isAway(error)) await finalize('LOGGED_MODEL_UPLOAD_FAILED').catch(() => {})
      throw error
    }
    await finalize('LOGGED_MODEL_READY')
  }

  async #putModel(
    { model, files, time }: ModelOperation,
    directory: string,
    place: Omit<ModelPlace, 'time'>,
    root: string,
  ) {
    for (const { path } of files) {
      const file = join(directory, 'models', model, ...path.split('/'))
      const put = (from: string) => this.#artifacts.put(root, path, from)
      if (path === MLMODEL_FILE) await withCompleted(file, directory, { ...place, time }, put)
      else await put(file)
    }
  }

  async #register(
    { name, alias, aliasFrom, tags, description }: Registration,
    model: string,
    from: { id: string; source: string },
    run: ServerRun,
    again: boolean,
  ): Promise<{ version: string; aliasAt?: string }> {
    await this.#rest.call(endpoints.createRegisteredModel, { name }).catch(unless(isThereAlready))
    const version =
      (again && (await this.#copies.version(name, model))) ||
      (await this.#makeVersion({ name, tags, description }, model, from, run))
    if (alias === null) return { version }
    if (again) {
      const at = await this.#copies.aliasVersion(name, alias)
      if (at === version) return { version }
      if (at !== (aliasFrom ?? undefined)) return { version, aliasAt: at ?? 'none' }
    }
    await this.#rest.call(endpoints.setAlias, { name, alias, version })
    return { version }
  }

  async #makeVersion(
    { name, tags, description }: Pick<Registration, 'name' | 'tags' | 'description'>,
    model: string,
    { id, source }: { id: string; source: string },
    run: ServerRun,
  ): Promise<string> {
    const reply = await this.#rest.call(endpoints.createVersion, {
      name,
      source,
      run_id: run.id,
      ...(source.startsWith('models:/') && { model_id: id }),
      tags: [...tags.filter(({ key }) => key !== MODEL_TAG), { key: MODEL_TAG, value: model }],
      ...(description !== null && { description }),
    })
    return text(reply.model_version?.version, 'version of a new model version')
  }
}

/** What a model's page shows of its run: who made it from what, its description, and the run's first params. */
async function describeModel({ model, register }: ModelOperation, directory: string) {
  const { records } = await readJournal(join(directory, 'journal'), 'run')
  const [start, ...operations] = records as [StartOperation, ...Operation[]]
  const origin = start.tags.filter(({ key }) => key === 'mlflow.user' || key.startsWith('mlflow.source.'))
  const description = register?.description ?? null
  const note = description === null ? [] : [{ key: 'mlflow.note.content', value: description }]
  const params = operations.flatMap((operation) => (operation.op === 'batch' ? operation.params : []))
  return {
    params: params.slice(0, BATCH_LIMITS.params),
    tags: [{ key: MODEL_TAG, value: model }, ...origin, ...note],
  }
}

function isThereAlready(error: TrackingError) {
  return error.errorCode === 'RESOURCE_ALREADY_EXISTS'
}
