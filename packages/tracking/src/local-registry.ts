import { join } from 'node:path'
import { BUNDLE_TAG, verifyBundle } from './bundle.ts'
import { copyFiles, exists, fillDirectory, listFiles, makeDirectory } from './disk.ts'
import { TrackingError } from './errors.ts'
import { checkAlias, checkRegisteredModelName, checkTags, checkVersion, LIMITS } from './guards.ts'
import { describeDropped, Journal, readJournal } from './journal.ts'
import { acquireLock } from './lock.ts'
import { type Models, type NewVersion, type RegistryOperation, replayRegistry } from './registry-log.ts'
import type { ModelVersion, Registry } from './types.ts'

/** Milliseconds between two looks at a journal whose last record another process may just be writing. */
const LOOK_AGAIN = 20

/** The registry of a local store: a journal in `<home>/registry`, changed under a lock, each change on the disk when it returns. */
export class LocalRegistry implements Registry {
  readonly #home: string
  readonly #readOnly: boolean
  readonly #warn: (warning: string) => void

  constructor(home: string, { readOnly, warn }: { readOnly: boolean; warn: (warning: string) => void }) {
    this.#home = home
    this.#readOnly = readOnly
    this.#warn = warn
  }

  async get(name: string, which: { alias: string } | { version: string }): Promise<ModelVersion | undefined> {
    checkRegisteredModelName(name)
    if ('version' in which) checkVersion(which.version)
    else checkAlias(which.alias)
    const versions = [...((await this.#read()).get(name)?.values() ?? [])]
    return versions.find((found) =>
      'version' in which ? found.version === which.version : found.aliases.includes(which.alias),
    )
  }

  async versions(name: string): Promise<ModelVersion[]> {
    checkRegisteredModelName(name)
    return [...((await this.#read()).get(name)?.values() ?? [])]
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    checkAlias(alias)
    await this.#change((models) => {
      find(models, name, version)
      return { op: 'alias', name, alias, version, time: Date.now() }
    })
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    checkRegisteredModelName(name)
    checkAlias(alias)
    await this.#change((models) => {
      const holds = [...(models.get(name)?.values() ?? [])].some((version) => version.aliases.includes(alias))
      return holds ? { op: 'alias', name, alias, version: null, time: Date.now() } : undefined
    })
  }

  async setTag(name: string, version: string, key: string, value: string): Promise<void> {
    checkTags({ [key]: value }, LIMITS.versionTag)
    await this.#change((models) => {
      find(models, name, version)
      return { op: 'tag', name, version, key, value, time: Date.now() }
    })
  }

  async download(version: ModelVersion, directory: string): Promise<void> {
    const known = await this.get(version.name, { version: version.version })
    if (!known) throw missing(version.name, version.version)
    if (await exists(directory))
      throw new TrackingError('TRACKING_ERR_PATH', `The directory ${directory} exists already`)
    if (!(await exists(known.source))) {
      const what = `version ${known.version} of model ${JSON.stringify(known.name)}`
      throw new TrackingError('TRACKING_ERR_NOT_FOUND', `The files of ${what} are gone from ${known.source}`)
    }
    await fillDirectory(directory, async (temporary) => {
      await copyFiles(known.source, await listFiles(known.source), temporary)
      await verifyBundle(temporary, known.tags[BUNDLE_TAG])
    })
  }

  /** Gives a stored model the next number of its name; the first makes the name. */
  async register(entry: NewVersion): Promise<ModelVersion> {
    const models = await this.#change((models) => {
      const version = String(1 + Math.max(0, ...[...(models.get(entry.name)?.keys() ?? [])].map(Number)))
      return { op: 'version', ...entry, version, time: Date.now() }
    })
    return [...models.get(entry.name)!.values()].at(-1)!
  }

  async #read(): Promise<Models> {
    if (!(await exists(this.#path))) return new Map()
    let contents = await readJournal(this.#path, 'registry')
    if (contents.dropped) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN))
      contents = await readJournal(this.#path, 'registry')
    }
    if (contents.dropped) this.#warn(describeDropped(this.#path, contents.dropped))
    return replayRegistry(this.#home, contents.records)
  }

  /** Under the lock: reads all, appends what `decide` answers (nothing when undefined), and returns what then holds. */
  async #change(decide: (models: Models) => RegistryOperation | undefined): Promise<Models> {
    if (this.#readOnly)
      throw new TrackingError('TRACKING_ERR_HOME', `The local store ${this.#home} was opened to read only`)
    await makeDirectory(this.#directory)
    const lock = await acquireLock(join(this.#directory, 'lock'))
    try {
      if (!(await exists(this.#path))) await (await Journal.create(this.#path, 'registry')).close()
      const { journal, records } = await Journal.open(this.#path, 'registry')
      try {
        if (journal.dropped) this.#warn(describeDropped(this.#path, journal.dropped))
        const operation = decide(replayRegistry(this.#home, records))
        if (operation === undefined) return replayRegistry(this.#home, records)
        journal.append(operation)
        await journal.flush()
        return replayRegistry(this.#home, [...records, operation])
      } finally {
        await journal.close()
      }
    } finally {
      await lock.release()
    }
  }

  get #directory() {
    return join(this.#home, 'registry')
  }

  get #path() {
    return join(this.#directory, 'journal')
  }
}

function find(models: Models, name: string, version: string) {
  checkRegisteredModelName(name)
  checkVersion(version)
  if (!models.get(name)?.has(version)) throw missing(name, version)
}

function missing(name: string, version: string) {
  return new TrackingError('TRACKING_ERR_NOT_FOUND', `There is no version ${version} of model ${JSON.stringify(name)}`)
}
