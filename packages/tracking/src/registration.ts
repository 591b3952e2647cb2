import { bad, checkAlias, checkRegisteredModelName, checkTags, checkText, checkVersion, LIMITS } from './guards.ts'
import type { Registration } from './operation.ts'
import type { LogModelOptions } from './types.ts'

/** Checks what `logModel` asks of the registry; null when it asks nothing. */
export function checkRegistration(options: LogModelOptions): Registration | null {
  const { registeredModelName, alias, aliasFrom, tags = {}, description } = options
  if (registeredModelName === undefined) {
    if (alias === undefined && description === undefined && Object.keys(tags).length === 0) return null
    throw bad('An alias, tags or a description of a model version ask for a registeredModelName')
  }
  return {
    name: checkRegisteredModelName(registeredModelName),
    alias: alias === undefined ? null : checkAlias(alias),
    ...(aliasFrom !== undefined && { aliasFrom: aliasFrom === null ? null : checkVersion(aliasFrom) }),
    tags: checkTags(tags, LIMITS.versionTag),
    description: description === undefined ? null : checkText('The description', description, LIMITS.description),
  }
}
