import { hash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { toSegment } from './artifact-path.ts'
import { BUNDLE_TAG, verifyBundle } from './bundle.ts'
import { exists, makeDirectory, writeWhole } from './disk.ts'
import { TrackingError } from './errors.ts'
import { type ModelReference, parseModelReference } from './reference.ts'
import type { ModelVersion, Tracking } from './types.ts'

export interface ResolvedModel {
  /** Absolute path of the directory that holds the model's files. */
  directory: string
  /** Absent for a `file:` reference. */
  version?: ModelVersion
  /** True when the server did not answer and this is the last version that it gave for the reference. */
  stale: boolean
}

/**
 * Finds the directory a reference means. `file:` is that directory, unchecked. `models:/…` is downloaded once into
 * `<cache>/<name>/<version>-<16 digits of its checksum>`, and checked each time against its sums. When the server does not
 * answer, the last version that it gave for this reference is returned with `stale`, if it is still whole.
 *
 * Throws TRACKING_ERR_REFERENCE, TRACKING_ERR_NOT_FOUND (naming what is missing), TRACKING_ERR_UNREACHABLE (and nothing in the
 * cache), TRACKING_ERR_CHECKSUM, and what a download throws.
 */
export async function resolveModel(
  tracking: Tracking,
  reference: string,
  { cache }: { cache: string },
): Promise<ResolvedModel> {
  const parsed = parseModelReference(reference)
  if (parsed.kind === 'file') return { directory: await fileDirectory(parsed.path), stale: false }
  const memory = join(
    cache,
    'references',
    `${toSegment(reference)}-${hash('sha256', tracking.location).slice(0, 8)}.json`,
  )
  try {
    const version = await findVersion(tracking, parsed)
    const directory = join(resolve(cache), toSegment(version.name), directoryName(version, tracking.location))
    await provide(tracking, version, directory)
    await remember(memory, version)
    return { directory, version, stale: false }
  } catch (error) {
    if (!(error instanceof TrackingError) || error.code !== 'TRACKING_ERR_UNREACHABLE') throw error
    const last = await recall(memory, resolve(cache), tracking.location)
    if (!last) throw error
    return { ...last, stale: true }
  }
}

async function fileDirectory(path: string) {
  const directory = resolve(path)
  if (await exists(directory)) return directory
  throw new TrackingError('TRACKING_ERR_NOT_FOUND', `There is no model directory ${directory}`)
}

async function findVersion({ registry, location }: Tracking, reference: Exclude<ModelReference, { kind: 'file' }>) {
  const { name } = reference
  const which = reference.kind === 'alias' ? { alias: reference.alias } : { version: reference.version }
  const found = await registry.get(name, which)
  if (found) return found
  const what = reference.kind === 'alias' ? `alias ${reference.alias}` : `version ${reference.version}`
  const known = (await registry.versions(name)).length > 0
  throw new TrackingError(
    'TRACKING_ERR_NOT_FOUND',
    known
      ? `The model ${JSON.stringify(name)} has no ${what} in ${location}`
      : `There is no model ${JSON.stringify(name)} in ${location}`,
  )
}

/** A version's content decides its directory; a version with no checksum is known by where it lies. */
function directoryName(version: ModelVersion, location: string) {
  const sum = version.tags[BUNDLE_TAG]
  const digits = sum !== undefined && /^[0-9a-f]{64}$/.test(sum) ? sum : hash('sha256', `${location} ${version.source}`)
  return `${version.version}-${digits.slice(0, 16)}`
}

async function provide(tracking: Tracking, version: ModelVersion, directory: string) {
  if (await exists(directory)) {
    if (await isWhole(directory, version)) return
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await tracking.registry.download(version, directory)
  } catch (error) {
    // Another process may have finished the same download first.
    if (!(await exists(directory)) || !(await isWhole(directory, version))) throw error
  }
}

async function isWhole(directory: string, version: ModelVersion) {
  return verifyBundle(directory, version.tags[BUNDLE_TAG]).then(
    () => true,
    () => false,
  )
}

async function remember(file: string, version: ModelVersion) {
  await makeDirectory(join(file, '..'))
  await writeWhole(file, `${JSON.stringify({ version: 1, model: version }, null, 2)}\n`)
}

async function recall(file: string, cache: string, location: string) {
  const model = await readFile(file, 'utf8')
    .then((text) => asVersion(JSON.parse(text)?.model))
    .catch(() => undefined)
  if (!model) return undefined
  const directory = join(cache, toSegment(model.name), directoryName(model, location))
  return (await exists(directory)) && (await isWhole(directory, model)) ? { directory, version: model } : undefined
}

function asVersion(model: ModelVersion | undefined): ModelVersion | undefined {
  const right = typeof model?.name === 'string' && /^\d+$/.test(model.version) && typeof model.tags === 'object'
  return right && typeof model.source === 'string' && Array.isArray(model.aliases) ? model : undefined
}
