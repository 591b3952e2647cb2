import { join } from 'node:path'
import { checkArtifactPath } from './artifact-path.ts'
import type { Entry } from './guards.ts'
import type { ModelVersion } from './types.ts'

export interface NewVersion {
  name: string
  runUuid: string
  modelId: string
  /** Directory of the model's files, relative to the home, joined by `/`. */
  source: string
  tags: Entry[]
  description: string | null
  alias: string | null
}

export type RegistryOperation =
  | ({ op: 'version'; version: string; time: number } & NewVersion)
  | { op: 'alias'; name: string; alias: string; version: string | null; time: number }
  | { op: 'tag'; name: string; version: string; key: string; value: string; time: number }

/** Models by name, each with its versions by number. */
export type Models = Map<string, Map<string, ModelVersion>>

/** What holds after all operations of a registry's journal, in order. */
export function replayRegistry(home: string, records: readonly object[]): Models {
  const models: Models = new Map()
  for (const record of records as RegistryOperation[]) {
    const versions = models.get(record.name) ?? new Map<string, ModelVersion>()
    if (record.op === 'version') {
      models.set(record.name, versions.set(record.version, toVersion(home, record)))
      if (record.alias !== null) point(versions, record.alias, record.version)
    } else if (record.op === 'alias') {
      point(versions, record.alias, record.version)
    } else if (record.op === 'tag') {
      const version = versions.get(record.version)
      // Not by assignment: a tag may be named __proto__.
      if (version) version.tags = Object.fromEntries([...Object.entries(version.tags), [record.key, record.value]])
    }
  }
  return models
}

function toVersion(home: string, record: RegistryOperation & { op: 'version' }): ModelVersion {
  return {
    name: record.name,
    version: record.version,
    aliases: [],
    runId: record.runUuid,
    modelId: record.modelId,
    source: join(home, ...checkArtifactPath(record.source)),
    tags: Object.fromEntries(record.tags.map(({ key, value }) => [key, value])),
    createdAt: record.time,
    ...(record.description !== null && { description: record.description }),
  }
}

function point(versions: Map<string, ModelVersion>, alias: string, version: string | null) {
  for (const other of versions.values()) other.aliases = other.aliases.filter((name) => name !== alias)
  if (version !== null) versions.get(version)?.aliases.push(alias)
}
