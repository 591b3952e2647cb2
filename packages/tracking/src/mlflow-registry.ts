import { isMissing, text, unless } from './answer.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { BUNDLE_TAG, verifyBundle } from './bundle.ts'
import { exists, fillDirectory } from './disk.ts'
import { endpoints, type VersionReply } from './endpoints.ts'
import { TrackingError } from './errors.ts'
import { checkAlias, checkRegisteredModelName, checkTags, checkVersion, LIMITS } from './guards.ts'
import type { Rest } from './rest.ts'
import type { ModelVersion, Registry } from './types.ts'

/** Versions that one page of a search holds. */
const PAGE = 1000

/** The registry of an MLflow server. */
export class MlflowRegistry implements Registry {
  readonly #rest: Rest
  readonly #artifacts: ArtifactStore
  readonly #maxDownloadBytes: number

  constructor(rest: Rest, artifacts: ArtifactStore, maxDownloadBytes: number) {
    this.#rest = rest
    this.#artifacts = artifacts
    this.#maxDownloadBytes = maxDownloadBytes
  }

  async get(name: string, which: { alias: string } | { version: string }): Promise<ModelVersion | undefined> {
    checkRegisteredModelName(name)
    const reply =
      'version' in which
        ? this.#rest.call(endpoints.getVersion, { name, version: checkVersion(which.version) })
        : this.#rest.call(endpoints.getByAlias, { name, alias: checkAlias(which.alias) })
    const found = await reply.catch(unless((error) => isMissing(error) || ('alias' in which && isUnknownAlias(error))))
    return found && toVersion(found.model_version)
  }

  async versions(name: string): Promise<ModelVersion[]> {
    checkRegisteredModelName(name)
    const found: VersionReply[] = []
    const filter = `name=${name.includes("'") ? `"${name}"` : `'${name}'`}`
    let token: string | undefined
    do {
      const page = { filter, max_results: PAGE, ...(token && { page_token: token }) }
      const reply = await this.#rest.call(endpoints.searchVersions, page)
      if (Array.isArray(reply.model_versions)) found.push(...reply.model_versions)
      token = reply.next_page_token
    } while (token)
    if (found.length === 0) return []
    const aliases = await this.#aliases(name)
    return found.map((version) => toVersion(version, aliases)).sort((a, b) => Number(a.version) - Number(b.version))
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    checkRegisteredModelName(name)
    const request = { name, alias: checkAlias(alias), version: checkVersion(version) }
    await this.#rest.call(endpoints.setAlias, request).catch(missingVersion(name, version))
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    checkRegisteredModelName(name)
    await this.#rest.call(endpoints.deleteAlias, { name, alias: checkAlias(alias) }).catch(unless(isMissing))
  }

  async setTag(name: string, version: string, key: string, value: string): Promise<void> {
    checkRegisteredModelName(name)
    checkTags({ [key]: value }, LIMITS.versionTag)
    const request = { name, version: checkVersion(version), key, value }
    await this.#rest.call(endpoints.setVersionTag, request).catch(missingVersion(name, version))
  }

  async download({ name, version, tags }: ModelVersion, directory: string): Promise<void> {
    if (await exists(directory))
      throw new TrackingError('TRACKING_ERR_PATH', `The directory ${directory} exists already`)
    const request = { name: checkRegisteredModelName(name), version: checkVersion(version) }
    const reply = await this.#rest.call(endpoints.getDownloadUri, request).catch(missingVersion(name, version))
    const root = await this.#resolve(text(reply?.artifact_uri, 'artifact_uri of a model version'))
    await fillDirectory(directory, async (temporary) => {
      await this.#artifacts.download(root, temporary, this.#maxDownloadBytes)
      await verifyBundle(temporary, tags[BUNDLE_TAG])
    })
  }

  /** A version made from `runs:/ID/path` lies below the artifacts of that run. */
  async #resolve(uri: string): Promise<string> {
    const match = /^runs:\/+([^/]+)(\/.*)?$/.exec(uri)
    if (!match) return uri
    const { run } = await this.#rest.call(endpoints.getRun, { run_id: match[1]! })
    return `${text(run?.info?.artifact_uri, 'artifact_uri of a run')}${match[2] ?? ''}`
  }

  /** Aliases by version number; the versions that a search finds come without theirs. */
  async #aliases(name: string): Promise<Map<string, string[]>> {
    const reply = await this.#rest.call(endpoints.getRegisteredModel, { name }).catch(unless(isMissing))
    const aliases = new Map<string, string[]>()
    for (const { alias, version } of asArray(reply?.registered_model?.aliases)) {
      if (typeof alias === 'string' && version !== undefined) {
        aliases.set(String(version), [...(aliases.get(String(version)) ?? []), alias])
      }
    }
    return aliases
  }
}

function toVersion(reply: VersionReply | undefined, aliases?: Map<string, string[]>): ModelVersion {
  const version = checkVersion(text(reply?.version, 'version of a model version'))
  const { run_id, description } = reply!
  const source = typeof reply?.source === 'string' ? reply.source : ''
  const modelId = /^models:\/(m-[0-9a-f]+)$/.exec(source)?.[1]
  return {
    name: text(reply?.name, 'name of a model version'),
    version,
    aliases: aliases ? (aliases.get(version) ?? []) : asArray(reply?.aliases).map(String),
    ...(typeof run_id === 'string' && run_id !== '' && { runId: run_id }),
    ...(modelId && { modelId }),
    source,
    tags: Object.fromEntries(asArray(reply?.tags).map(({ key, value }) => [String(key), String(value ?? '')])),
    createdAt: Number(reply?.creation_timestamp ?? 0),
    ...(typeof description === 'string' && description !== '' && { description }),
  }
}

function asArray<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : []
}

/** MLflow answers a missing alias with 400, and only a missing model with 404. */
function isUnknownAlias(error: TrackingError) {
  return error.status === 400 && error.errorCode === 'INVALID_PARAMETER_VALUE'
}

function missingVersion(name: string, version: string) {
  return (error: unknown): never => {
    if (!(error instanceof TrackingError) || !isMissing(error)) throw error
    const message = `There is no version ${version} of model ${JSON.stringify(name)}`
    throw new TrackingError('TRACKING_ERR_NOT_FOUND', message, {
      status: error.status,
      errorCode: error.errorCode,
      cause: error,
    })
  }
}
