import { list, unless } from './answer.ts'
import type { SearchOptions, Texts } from './client-calls.ts'
import { endpoints } from './endpoints.ts'
import { type RegisteredVersion, toRegisteredVersion } from './entities.ts'
import type { TrackingError } from './errors.ts'
import { bad, checkTags, checkVersion, LIMITS } from './guards.ts'
import { RegisteredModelCalls, STAGES, type Stage } from './registered-model-calls.ts'

/** Versions of registered models. */
export class ModelVersionCalls extends RegisteredModelCalls {
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
    const reply = await this.rest.call(endpoints.createVersion, {
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
      (await this.rest.call(endpoints.getVersion, { name, version: checkVersion(version) })).model_version,
    )
  }

  searchModelVersions(search: SearchOptions = {}): AsyncGenerator<RegisteredVersion> {
    return this.pages(search, async (page) => {
      const reply = await this.rest.call(endpoints.searchVersions, page)
      return { items: list(reply.model_versions).map(toRegisteredVersion), next: reply.next_page_token }
    })
  }

  async updateModelVersion(name: string, version: string, { description }: { description: string }): Promise<void> {
    await this.rest.call(endpoints.updateVersion, { name, version: checkVersion(version), description })
  }

  async deleteModelVersion(name: string, version: string): Promise<void> {
    await this.rest.call(endpoints.deleteVersion, { name, version: checkVersion(version) })
  }

  async getModelVersionDownloadUri(name: string, version: string): Promise<string> {
    return (await this.rest.call(endpoints.getDownloadUri, { name, version: checkVersion(version) })).artifact_uri ?? ''
  }

  /** Makes a version of `target` (made when it does not exist) from the files of another model's version. */
  async copyModelVersion(name: string, version: string, target: string): Promise<RegisteredVersion> {
    const from = await this.getModelVersion(name, version)
    const there = (error: TrackingError) => error.errorCode === 'RESOURCE_ALREADY_EXISTS'
    await this.createRegisteredModel(target).catch(unless(there))
    return this.createModelVersion(target, `models:/${name}/${from.version}`, {
      ...(from.runId !== undefined && { runId: from.runId }),
      ...(from.modelId !== undefined && { modelId: from.modelId }),
      description: from.description ?? '',
      tags: from.tags,
    })
  }

  /** @deprecated In MLflow: use aliases. */
  getModelVersionStages(): readonly Stage[] {
    return STAGES
  }

  /** @deprecated In MLflow: use aliases. Throws TRACKING_ERR_VALUE for a stage that MLflow does not have. */
  async transitionModelVersionStage(
    name: string,
    version: string,
    stage: Stage,
    { archiveExistingVersions = false } = {},
  ): Promise<RegisteredVersion> {
    if (!STAGES.includes(stage)) throw bad(`A stage is ${STAGES.join(', ')}, not ${JSON.stringify(stage)}`)
    const reply = await this.rest.call(endpoints.transitionStage, {
      name,
      version: checkVersion(version),
      stage,
      archive_existing_versions: archiveExistingVersions,
    })
    return toRegisteredVersion(reply.model_version)
  }

  async setModelVersionTag(name: string, version: string, key: string, value: string): Promise<void> {
    const [tag] = checkTags({ [key]: value }, LIMITS.versionTag)
    await this.rest.call(endpoints.setVersionTag, { name, version: checkVersion(version), ...tag! })
  }

  async deleteModelVersionTag(name: string, version: string, key: string): Promise<void> {
    await this.rest.call(endpoints.deleteVersionTag, { name, version: checkVersion(version), key })
  }
}
