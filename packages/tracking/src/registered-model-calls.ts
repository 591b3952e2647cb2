import { list } from './answer.ts'
import type { SearchOptions, Texts } from './client-calls.ts'
import { endpoints } from './endpoints.ts'
import { type RegisteredModel, type RegisteredVersion, toRegisteredModel, toRegisteredVersion } from './entities.ts'
import { checkAlias, checkRegisteredModelName, checkTags, checkVersion, LIMITS } from './guards.ts'
import { LoggedModelCalls } from './logged-model-calls.ts'

/** MLflow's stages, which aliases have replaced. */
export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const
export type Stage = (typeof STAGES)[number]

/** Registered models and their aliases. */
export class RegisteredModelCalls extends LoggedModelCalls {
  async createRegisteredModel(name: string, { description, tags = {} }: { description?: string; tags?: Texts } = {}) {
    const reply = await this.rest.call(endpoints.createRegisteredModel, {
      name: checkRegisteredModelName(name),
      tags: checkTags(tags, LIMITS.versionTag),
      ...(description !== undefined && { description }),
    })
    return toRegisteredModel(reply.registered_model)
  }

  async getRegisteredModel(name: string): Promise<RegisteredModel> {
    return toRegisteredModel((await this.rest.call(endpoints.getRegisteredModel, { name })).registered_model)
  }

  searchRegisteredModels(search: SearchOptions = {}): AsyncGenerator<RegisteredModel> {
    return this.pages(search, async (page) => {
      const reply = await this.rest.call(endpoints.searchRegisteredModels, page)
      return { items: list(reply.registered_models).map(toRegisteredModel), next: reply.next_page_token }
    })
  }

  /** @deprecated In MLflow, as stages are: use aliases. The newest version of each stage, or of those named. */
  async getLatestVersions(name: string, stages?: readonly Stage[]): Promise<RegisteredVersion[]> {
    const reply = await this.rest.call(endpoints.getLatestVersions, { name, ...(stages && { stages }) })
    return list(reply.model_versions).map(toRegisteredVersion)
  }

  async renameRegisteredModel(name: string, newName: string): Promise<void> {
    await this.rest.call(endpoints.renameRegisteredModel, { name, new_name: checkRegisteredModelName(newName) })
  }

  async updateRegisteredModel(name: string, { description }: { description: string }): Promise<void> {
    await this.rest.call(endpoints.updateRegisteredModel, { name, description })
  }

  async deleteRegisteredModel(name: string): Promise<void> {
    await this.rest.call(endpoints.deleteRegisteredModel, { name })
  }

  async setRegisteredModelTag(name: string, key: string, value: string): Promise<void> {
    const [tag] = checkTags({ [key]: value }, LIMITS.versionTag)
    await this.rest.call(endpoints.setRegisteredModelTag, { name, ...tag! })
  }

  async deleteRegisteredModelTag(name: string, key: string): Promise<void> {
    await this.rest.call(endpoints.deleteRegisteredModelTag, { name, key })
  }

  async setRegisteredModelAlias(name: string, alias: string, version: string): Promise<void> {
    await this.rest.call(endpoints.setAlias, { name, alias: checkAlias(alias), version: checkVersion(version) })
  }

  async deleteRegisteredModelAlias(name: string, alias: string): Promise<void> {
    await this.rest.call(endpoints.deleteAlias, { name, alias: checkAlias(alias) })
  }

  async getModelVersionByAlias(name: string, alias: string): Promise<RegisteredVersion> {
    return toRegisteredVersion(
      (await this.rest.call(endpoints.getByAlias, { name, alias: checkAlias(alias) })).model_version,
    )
  }
}
