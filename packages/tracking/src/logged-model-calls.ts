import { basename } from 'node:path'
import { list } from './answer.ts'
import { ArtifactCalls } from './artifact-calls.ts'
import { checkArtifactPath } from './artifact-path.ts'
import type { SearchOptions, Texts } from './client-calls.ts'
import { endpoints } from './endpoints.ts'
import { type ArtifactFile, type MlflowModel, toFile, toModel } from './entities.ts'
import { checkLoggedModelName, checkParams, checkTags } from './guards.ts'
import type { ParamValue } from './types.ts'

/** One key of the order of logged models: a field, or `metrics.NAME`. */
export interface ModelOrder {
  field: string
  /** Default true. */
  ascending?: boolean
}

/** Logged models and their files. */
export class LoggedModelCalls extends ArtifactCalls {
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
    const reply = await this.rest.call(endpoints.createLoggedModel, {
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
    return toModel((await this.rest.call(endpoints.getLoggedModel, { id: modelId })).model)
  }

  async finalizeLoggedModel(modelId: string, status: 'READY' | 'FAILED'): Promise<void> {
    const told = status === 'READY' ? 'LOGGED_MODEL_READY' : 'LOGGED_MODEL_UPLOAD_FAILED'
    await this.rest.call(endpoints.finalizeLoggedModel, { id: modelId, model_id: modelId, status: told })
  }

  searchLoggedModels(
    experimentIds: readonly string[],
    {
      filter,
      orderBy,
      datasets,
      pageSize = 50,
    }: Omit<SearchOptions, 'orderBy'> & {
      orderBy?: readonly ModelOrder[]
      /** Only models with metrics on one of these. */
      datasets?: readonly { name: string; digest?: string }[]
    } = {},
  ): AsyncGenerator<MlflowModel> {
    return this.pages({ filter, pageSize }, async (page) => {
      const reply = await this.rest.call(endpoints.searchLoggedModels, {
        experiment_ids: experimentIds,
        max_results: page.max_results,
        ...(page.filter !== undefined && { filter: page.filter }),
        ...(datasets && {
          datasets: datasets.map(({ name, digest }) => ({
            dataset_name: name,
            ...(digest !== undefined && { dataset_digest: digest }),
          })),
        }),
        ...(orderBy && {
          order_by: orderBy.map(({ field, ascending = true }) => ({ field_name: field, ascending })),
        }),
        ...(page.page_token !== undefined && { page_token: page.page_token }),
      })
      return { items: list(reply.models).map(toModel), next: reply.next_page_token }
    })
  }

  async setLoggedModelTags(modelId: string, tags: Texts): Promise<void> {
    await this.rest.call(endpoints.setLoggedModelTags, { id: modelId, model_id: modelId, tags: checkTags(tags) })
  }

  async deleteLoggedModelTag(modelId: string, key: string): Promise<void> {
    await this.rest.call(endpoints.deleteLoggedModelTag, { id: modelId, key })
  }

  async logModelParams(modelId: string, params: Readonly<Record<string, ParamValue>>): Promise<void> {
    await this.rest.call(endpoints.logLoggedModelParams, {
      id: modelId,
      model_id: modelId,
      params: checkParams(params),
    })
  }

  /** Stores a file below the model's root, at `path` (default its own name). */
  async logModelArtifact(modelId: string, file: string, path: string = basename(file)): Promise<void> {
    checkArtifactPath(path)
    await this.artifacts.put((await this.getLoggedModel(modelId)).artifactUri, path, file)
  }

  async logModelArtifacts(modelId: string, directory: string, path?: string): Promise<void> {
    await this.putFiles((await this.getLoggedModel(modelId)).artifactUri, directory, path)
  }

  /** What is in one directory of a model's files, not below it. */
  async listLoggedModelArtifacts(modelId: string, path?: string): Promise<ArtifactFile[]> {
    const reply = await this.rest.call(endpoints.listLoggedModelArtifacts, {
      id: modelId,
      ...(path !== undefined && { artifact_directory_path: path }),
    })
    return list(reply.files).map(toFile)
  }

  async deleteLoggedModel(modelId: string): Promise<void> {
    await this.rest.call(endpoints.deleteLoggedModel, { id: modelId })
  }
}
