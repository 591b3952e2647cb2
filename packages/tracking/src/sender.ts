import { join } from 'node:path'
import { isMissing, text, unless } from './answer.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { splitBatch } from './batches.ts'
import { endpoints } from './endpoints.ts'
import { TrackingError } from './errors.ts'
import type {
  ArtifactOperation,
  BatchOperation,
  DatasetOperation,
  ModelOperation,
  Operation,
  Sent,
  StartOperation,
} from './operation.ts'
import type { Answer, Sender } from './outbox.ts'
import type { Rest } from './rest.ts'

type ServerRun = NonNullable<Sent['run']>

/** Takes the operations of runs to an MLflow server. */
export class MlflowSender implements Sender {
  readonly #rest: Rest
  readonly #artifacts: ArtifactStore
  readonly #experiments = new Map<string, string>()

  constructor(rest: Rest, artifacts: ArtifactStore) {
    this.#rest = rest
    this.#artifacts = artifacts
  }

  async apply(operation: Operation, directory: string, run: Sent['run']): Promise<Answer> {
    if (operation.op === 'start') return { run: await this.#start(operation) }
    if (!run)
      throw new TrackingError('TRACKING_ERR_JOURNAL', `The run in ${directory} has not been started on the server`)
    if (operation.op === 'batch') await this.#batch(operation, run)
    else if (operation.op === 'dataset') await this.#dataset(operation, run)
    else if (operation.op === 'artifact') await this.#artifact(operation, directory, run)
    else if (operation.op === 'model') return { model: await this.#model(operation, directory, run) }
    else
      await this.#rest.call(endpoints.updateRun, { run_id: run.id, status: operation.status, end_time: operation.time })
    return {}
  }

  runUrl({ id, experimentId }: ServerRun): string {
    return `${this.#rest.location}/#/experiments/${experimentId}/runs/${id}`
  }

  async #start({ experiment, name, user, parent, tags, time }: StartOperation): Promise<ServerRun> {
    const experimentId = await this.#experimentId(experiment)
    const { run } = await this.#rest.call(endpoints.createRun, {
      experiment_id: experimentId,
      ...(user !== null && { user_id: user }),
      run_name: name,
      start_time: time,
      tags: parent ? [...tags, { key: 'mlflow.parentRunId', value: parent.id }] : tags,
    })
    const id = text(run?.info?.run_id, 'run_id of a new run')
    return { id, experimentId, artifactUri: text(run?.info?.artifact_uri, 'artifact_uri of a new run') }
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

  async #dataset({ name, digest, sourceType, source, schema, profile, context }: DatasetOperation, run: ServerRun) {
    const dataset = {
      name,
      digest,
      source_type: sourceType,
      source,
      ...(schema !== null && { schema }),
      ...(profile !== null && { profile }),
    }
    const tags = context === null ? [] : [{ key: 'mlflow.data.context', value: context }]
    await this.#rest.call(endpoints.logInputs, { run_id: run.id, datasets: [{ tags, dataset }] })
  }

  async #artifact({ path }: ArtifactOperation, directory: string, run: ServerRun) {
    await this.#artifacts.put(run.artifactUri, path, join(directory, 'artifacts', ...path.split('/')))
  }

  async #model(operation: ModelOperation, directory: string, run: ServerRun): Promise<NonNullable<Sent['model']>> {
    const { model } = await this.#rest.call(endpoints.createLoggedModel, {
      experiment_id: run.experimentId,
      name: operation.name,
      source_run_id: run.id,
      tags: [{ key: 'copse.model_uuid', value: operation.model }],
    })
    const id = text(model?.info?.model_id, 'model_id of a new model')
    const root = text(model?.info?.artifact_uri, 'artifact_uri of a new model')
    const finalize = (status: string) => this.#rest.call(endpoints.finalizeLoggedModel, { id, model_id: id, status })
    try {
      await this.#rest.call(endpoints.logOutputs, { run_id: run.id, models: [{ model_id: id, step: 0 }] })
      for (const { path } of operation.files) {
        await this.#artifacts.put(root, path, join(directory, 'models', operation.model, ...path.split('/')))
      }
    } catch (error) {
      await finalize('LOGGED_MODEL_UPLOAD_FAILED').catch(() => {})
      throw error
    }
    await finalize('LOGGED_MODEL_READY')
    return operation.register ? { id, version: await this.#register(operation.register, id, run) } : { id }
  }

  async #register(
    { name, alias, tags, description }: NonNullable<ModelOperation['register']>,
    modelId: string,
    run: ServerRun,
  ): Promise<string> {
    await this.#rest.call(endpoints.createRegisteredModel, { name }).catch(unless(isThereAlready))
    const reply = await this.#rest.call(endpoints.createVersion, {
      name,
      source: `models:/${modelId}`,
      run_id: run.id,
      model_id: modelId,
      tags,
      ...(description !== null && { description }),
    })
    const version = text(reply.model_version?.version, 'version of a new model version')
    if (alias !== null) await this.#rest.call(endpoints.setAlias, { name, alias, version })
    return version
  }
}

function isThereAlready(error: TrackingError) {
  return error.errorCode === 'RESOURCE_ALREADY_EXISTS'
}
