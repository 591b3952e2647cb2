import { basename } from 'node:path'
import { checkArtifactPath } from './artifact-path.ts'
import { ArtifactStore } from './artifact-store.ts'
import { splitBatch } from './batches.ts'
import { fillDirectory } from './disk.ts'
import { endpoints } from './endpoints.ts'
import {
  type ArtifactFile,
  type Experiment,
  list,
  type MetricHistoryPoint,
  type MlflowModel,
  type MlflowRun,
  type RegisteredModel,
  type RegisteredVersion,
  toExperiment,
  toFile,
  toModel,
  toPoint,
  toRegisteredModel,
  toRegisteredVersion,
  toRun,
} from './entities.ts'
import {
  bad,
  checkAlias,
  checkExperimentName,
  checkKey,
  checkLoggedModelName,
  checkMetric,
  checkParams,
  checkRegisteredModelName,
  checkTags,
  checkVersion,
  LIMITS,
} from './guards.ts'
import { Rest } from './rest.ts'
import type { MetricPoint, ParamValue, ServerOptions } from './types.ts'

type Texts = Readonly<Record<string, string>>

/** What a search asks for, in MLflow's own grammar; `pageSize` is how many come in one answer. */
export interface SearchOptions {
  filter?: string | undefined
  orderBy?: readonly string[] | undefined
  pageSize?: number | undefined
}

type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'

const MAX_DOWNLOAD_BYTES = 2 ** 31

/**
 * MLflow's API as Python's MlflowClient has it, in camelCase: each call is sent at once and nothing is kept on disk (for runs
 * that survive an outage use `openTracking`). Searches are async iterators that fetch page after page. Values are checked
 * before they are sent: throws TRACKING_ERR_VALUE, and what `Rest` throws.
 */
export class MlflowClient {
  readonly #rest: Rest
  readonly #artifacts: ArtifactStore

  constructor(uri: string, options: ServerOptions = {}) {
    this.#rest = new Rest(uri, options)
    this.#artifacts = new ArtifactStore(this.#rest)
  }

  // Experiments

  async createExperiment(
    name: string,
    { artifactLocation, tags = {} }: { artifactLocation?: string; tags?: Texts } = {},
  ) {
    const reply = await this.#rest.call(endpoints.createExperiment, {
      name: checkExperimentName(name),
      tags: checkTags(tags),
      ...(artifactLocation !== undefined && { artifact_location: artifactLocation }),
    })
    return toExperiment(reply).experimentId
  }

  async getExperiment(experimentId: string): Promise<Experiment> {
    return toExperiment((await this.#rest.call(endpoints.getExperiment, { experiment_id: experimentId })).experiment)
  }

  async getExperimentByName(name: string): Promise<Experiment> {
    return toExperiment((await this.#rest.call(endpoints.getExperimentByName, { experiment_name: name })).experiment)
  }

  searchExperiments({ viewType, ...search }: SearchOptions & { viewType?: ViewType } = {}): AsyncGenerator<Experiment> {
    return this.#pages(search, async (page) => {
      const reply = await this.#rest.call(endpoints.searchExperiments, {
        ...page,
        ...(viewType && { view_type: viewType }),
      })
      return { items: list(reply.experiments).map(toExperiment), next: reply.next_page_token }
    })
  }

  async renameExperiment(experimentId: string, newName: string): Promise<void> {
    await this.#rest.call(endpoints.updateExperiment, {
      experiment_id: experimentId,
      new_name: checkExperimentName(newName),
    })
  }

  async deleteExperiment(experimentId: string): Promise<void> {
    await this.#rest.call(endpoints.deleteExperiment, { experiment_id: experimentId })
  }

  async restoreExperiment(experimentId: string): Promise<void> {
    await this.#rest.call(endpoints.restoreExperiment, { experiment_id: experimentId })
  }

  async setExperimentTag(experimentId: string, key: string, value: string): Promise<void> {
    const [tag] = checkTags({ [key]: value })
    await this.#rest.call(endpoints.setExperimentTag, { experiment_id: experimentId, ...tag! })
  }

  async deleteExperimentTag(experimentId: string, key: string): Promise<void> {
    await this.#rest.call(endpoints.deleteExperimentTag, { experiment_id: experimentId, key })
  }

  // Runs

  async createRun(
    experimentId: string,
    { runName, startTime = Date.now(), tags = {} }: { runName?: string; startTime?: number; tags?: Texts } = {},
  ): Promise<MlflowRun> {
    const reply = await this.#rest.call(endpoints.createRun, {
      experiment_id: experimentId,
      ...(runName !== undefined && { run_name: runName }),
      start_time: startTime,
      tags: checkTags(tags),
    })
    return toRun(reply.run)
  }

  async getRun(runId: string): Promise<MlflowRun> {
    return toRun((await this.#rest.call(endpoints.getRun, { run_id: runId })).run)
  }

  async getParentRun(runId: string): Promise<MlflowRun | undefined> {
    const parent = (await this.getRun(runId)).data.tags['mlflow.parentRunId']
    return parent === undefined ? undefined : this.getRun(parent)
  }

  searchRuns(
    experimentIds: readonly string[],
    { viewType, ...search }: SearchOptions & { viewType?: ViewType } = {},
  ): AsyncGenerator<MlflowRun> {
    return this.#pages(search, async (page) => {
      const request = { experiment_ids: experimentIds, ...page, ...(viewType && { run_view_type: viewType }) }
      const reply = await this.#rest.call(endpoints.searchRuns, request)
      return { items: list(reply.runs).map(toRun), next: reply.next_page_token }
    })
  }

  async updateRun(runId: string, { status, name }: { status?: string; name?: string }): Promise<void> {
    await this.#rest.call(endpoints.updateRun, {
      run_id: runId,
      ...(status !== undefined && { status: checkStatus(status) }),
      ...(name !== undefined && { run_name: name }),
    })
  }

  async setTerminated(runId: string, status = 'FINISHED', endTime: number = Date.now()): Promise<void> {
    await this.#rest.call(endpoints.updateRun, { run_id: runId, status: checkStatus(status), end_time: endTime })
  }

  async deleteRun(runId: string): Promise<void> {
    await this.#rest.call(endpoints.deleteRun, { run_id: runId })
  }

  async restoreRun(runId: string): Promise<void> {
    await this.#rest.call(endpoints.restoreRun, { run_id: runId })
  }

  logMetric(runId: string, key: string, value: number, at: { step?: number; timestamp?: number } = {}): Promise<void> {
    return this.logBatch(runId, { metrics: [{ key, value, ...at }] })
  }

  logParam(runId: string, key: string, value: ParamValue): Promise<void> {
    return this.logBatch(runId, { params: { [key]: value } })
  }

  setTag(runId: string, key: string, value: string): Promise<void> {
    return this.logBatch(runId, { tags: { [key]: value } })
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    await this.#rest.call(endpoints.deleteTag, { run_id: runId, key })
  }

  /** Any number of values, in as many requests as MLflow's limits ask for. */
  async logBatch(
    runId: string,
    batch: { metrics?: readonly MetricPoint[]; params?: Readonly<Record<string, ParamValue>>; tags?: Texts },
  ): Promise<void> {
    const now = Date.now()
    const metrics = (batch.metrics ?? []).map((point) => checkMetric(point, now))
    const parts = splitBatch({ metrics, params: checkParams(batch.params ?? {}), tags: checkTags(batch.tags ?? {}) })
    for (const part of parts) await this.#rest.call(endpoints.logBatch, { run_id: runId, ...part })
  }

  getMetricHistory(runId: string, key: string, { pageSize = 25_000 } = {}): AsyncGenerator<MetricHistoryPoint> {
    return this.#pages({ pageSize }, async (page) => {
      const reply = await this.#rest.call(endpoints.getMetricHistory, {
        run_id: runId,
        metric_key: checkKey('metric', key),
        ...page,
      })
      return { items: list(reply.metrics).map(toPoint), next: reply.next_page_token }
    })
  }

  // Artifacts

  async logArtifact(runId: string, file: string, path: string = basename(file)): Promise<void> {
    checkArtifactPath(path)
    await this.#artifacts.put((await this.getRun(runId)).info.artifactUri, path, file)
  }

  /** What is in one directory of a run's artifacts, not below it. */
  async listArtifacts(runId: string, path?: string): Promise<ArtifactFile[]> {
    const reply = await this.#rest.call(endpoints.listArtifacts, { run_id: runId, ...(path !== undefined && { path }) })
    return list(reply.files).map(toFile)
  }

  /** Downloads all of a run's artifacts below `path` into `directory`, which must not exist and appears whole or not at all. */
  async downloadArtifacts(
    runId: string,
    directory: string,
    { path = '', maxBytes = MAX_DOWNLOAD_BYTES } = {},
  ): Promise<void> {
    const root = (await this.getRun(runId)).info.artifactUri
    const below = path === '' ? root : `${root}/${checkArtifactPath(path).join('/')}`
    await fillDirectory(directory, (temporary) => this.#artifacts.download(below, temporary, maxBytes))
  }

  // Logged models

  async createLoggedModel(
    experimentId: string,
    {
      name,
      sourceRunId,
      modelType,
      params = {},
      tags = {},
    }: {
      name?: string
      sourceRunId?: string
      modelType?: string
      params?: Readonly<Record<string, ParamValue>>
      tags?: Texts
    } = {},
  ): Promise<MlflowModel> {
    const reply = await this.#rest.call(endpoints.createLoggedModel, {
      experiment_id: experimentId,
      ...(name !== undefined && { name: checkLoggedModelName(name) }),
      ...(sourceRunId !== undefined && { source_run_id: sourceRunId }),
      ...(modelType !== undefined && { model_type: modelType }),
      params: checkParams(params),
      tags: checkTags(tags),
    })
    return toModel(reply.model)
  }

  async getLoggedModel(modelId: string): Promise<MlflowModel> {
    return toModel((await this.#rest.call(endpoints.getLoggedModel, { id: modelId })).model)
  }

  async finalizeLoggedModel(modelId: string, status: 'READY' | 'FAILED'): Promise<void> {
    const told = status === 'READY' ? 'LOGGED_MODEL_READY' : 'LOGGED_MODEL_UPLOAD_FAILED'
    await this.#rest.call(endpoints.finalizeLoggedModel, { id: modelId, model_id: modelId, status: told })
  }

  searchLoggedModels(
    experimentIds: readonly string[],
    { filter, pageSize = 50 }: SearchOptions = {},
  ): AsyncGenerator<MlflowModel> {
    return this.#pages({ filter, pageSize }, async (page) => {
      const reply = await this.#rest.call(endpoints.searchLoggedModels, {
        experiment_ids: experimentIds,
        max_results: page.max_results,
        ...(page.filter !== undefined && { filter: page.filter }),
        ...(page.page_token !== undefined && { page_token: page.page_token }),
      })
      return { items: list(reply.models).map(toModel), next: reply.next_page_token }
    })
  }

  async setLoggedModelTags(modelId: string, tags: Texts): Promise<void> {
    await this.#rest.call(endpoints.setLoggedModelTags, { id: modelId, model_id: modelId, tags: checkTags(tags) })
  }

  async deleteLoggedModelTag(modelId: string, key: string): Promise<void> {
    await this.#rest.call(endpoints.deleteLoggedModelTag, { id: modelId, key })
  }

  async logLoggedModelParams(modelId: string, params: Readonly<Record<string, ParamValue>>): Promise<void> {
    await this.#rest.call(endpoints.logLoggedModelParams, {
      id: modelId,
      model_id: modelId,
      params: checkParams(params),
    })
  }

  async deleteLoggedModel(modelId: string): Promise<void> {
    await this.#rest.call(endpoints.deleteLoggedModel, { id: modelId })
  }

  // Registered models

  async createRegisteredModel(name: string, { description, tags = {} }: { description?: string; tags?: Texts } = {}) {
    const reply = await this.#rest.call(endpoints.createRegisteredModel, {
      name: checkRegisteredModelName(name),
      tags: checkTags(tags, LIMITS.versionTag),
      ...(description !== undefined && { description }),
    })
    return toRegisteredModel(reply.registered_model)
  }

  async getRegisteredModel(name: string): Promise<RegisteredModel> {
    return toRegisteredModel((await this.#rest.call(endpoints.getRegisteredModel, { name })).registered_model)
  }

  searchRegisteredModels(search: SearchOptions = {}): AsyncGenerator<RegisteredModel> {
    return this.#pages(search, async (page) => {
      const reply = await this.#rest.call(endpoints.searchRegisteredModels, page)
      return { items: list(reply.registered_models).map(toRegisteredModel), next: reply.next_page_token }
    })
  }

  async renameRegisteredModel(name: string, newName: string): Promise<void> {
    await this.#rest.call(endpoints.renameRegisteredModel, { name, new_name: checkRegisteredModelName(newName) })
  }

  async updateRegisteredModel(name: string, { description }: { description: string }): Promise<void> {
    await this.#rest.call(endpoints.updateRegisteredModel, { name, description })
  }

  async deleteRegisteredModel(name: string): Promise<void> {
    await this.#rest.call(endpoints.deleteRegisteredModel, { name })
  }

  async setRegisteredModelTag(name: string, key: string, value: string): Promise<void> {
    const [tag] = checkTags({ [key]: value }, LIMITS.versionTag)
    await this.#rest.call(endpoints.setRegisteredModelTag, { name, ...tag! })
  }

  async deleteRegisteredModelTag(name: string, key: string): Promise<void> {
    await this.#rest.call(endpoints.deleteRegisteredModelTag, { name, key })
  }

  async setRegisteredModelAlias(name: string, alias: string, version: string): Promise<void> {
    await this.#rest.call(endpoints.setAlias, { name, alias: checkAlias(alias), version: checkVersion(version) })
  }

  async deleteRegisteredModelAlias(name: string, alias: string): Promise<void> {
    await this.#rest.call(endpoints.deleteAlias, { name, alias: checkAlias(alias) })
  }

  async getModelVersionByAlias(name: string, alias: string): Promise<RegisteredVersion> {
    return toRegisteredVersion(
      (await this.#rest.call(endpoints.getByAlias, { name, alias: checkAlias(alias) })).model_version,
    )
  }

  // Model versions

  async createModelVersion(
    name: string,
    source: string,
    {
      runId,
      modelId,
      description,
      tags = {},
    }: { runId?: string; modelId?: string; description?: string; tags?: Texts } = {},
  ): Promise<RegisteredVersion> {
    const reply = await this.#rest.call(endpoints.createVersion, {
      name,
      source,
      ...(runId !== undefined && { run_id: runId }),
      ...(modelId !== undefined && { model_id: modelId }),
      ...(description !== undefined && { description }),
      tags: checkTags(tags, LIMITS.versionTag),
    })
    return toRegisteredVersion(reply.model_version)
  }

  async getModelVersion(name: string, version: string): Promise<RegisteredVersion> {
    return toRegisteredVersion(
      (await this.#rest.call(endpoints.getVersion, { name, version: checkVersion(version) })).model_version,
    )
  }

  searchModelVersions(search: SearchOptions = {}): AsyncGenerator<RegisteredVersion> {
    return this.#pages(search, async (page) => {
      const reply = await this.#rest.call(endpoints.searchVersions, page)
      return { items: list(reply.model_versions).map(toRegisteredVersion), next: reply.next_page_token }
    })
  }

  async updateModelVersion(name: string, version: string, { description }: { description: string }): Promise<void> {
    await this.#rest.call(endpoints.updateVersion, { name, version: checkVersion(version), description })
  }

  async deleteModelVersion(name: string, version: string): Promise<void> {
    await this.#rest.call(endpoints.deleteVersion, { name, version: checkVersion(version) })
  }

  async getModelVersionDownloadUri(name: string, version: string): Promise<string> {
    return (
      (await this.#rest.call(endpoints.getDownloadUri, { name, version: checkVersion(version) })).artifact_uri ?? ''
    )
  }

  async setModelVersionTag(name: string, version: string, key: string, value: string): Promise<void> {
    const [tag] = checkTags({ [key]: value }, LIMITS.versionTag)
    await this.#rest.call(endpoints.setVersionTag, { name, version: checkVersion(version), ...tag! })
  }

  async deleteModelVersionTag(name: string, version: string, key: string): Promise<void> {
    await this.#rest.call(endpoints.deleteVersionTag, { name, version: checkVersion(version), key })
  }

  async *#pages<T>(
    { filter, orderBy, pageSize = 1000 }: SearchOptions,
    fetchPage: (page: {
      max_results: number
      filter?: string
      order_by?: readonly string[]
      page_token?: string
    }) => Promise<{ items: T[]; next: string | undefined }>,
  ): AsyncGenerator<T> {
    const asked = {
      max_results: pageSize,
      ...(filter !== undefined && { filter }),
      ...(orderBy && { order_by: orderBy }),
    }
    let token: string | undefined
    do {
      const { items, next } = await fetchPage({ ...asked, ...(token && { page_token: token }) })
      yield* items
      token = next
    } while (token)
  }
}

/** MLflow answers 200 to another status and keeps the one before. */
function checkStatus(status: string): string {
  const known = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']
  if (known.includes(status)) return status
  throw bad(`A run's status is ${known.join(', ')}, not ${JSON.stringify(status)}`)
}
