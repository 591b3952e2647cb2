import { statSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MonitoringError } from '@copse/monitoring'
import type { FastifyBaseLogger } from 'fastify'
import type { ModelFacts } from './facts.ts'
import { jsonPieces, readJson } from './state-file.ts'
import { Watched, type WatchSettings } from './watched.ts'

const FORMAT = 'copse-monitoring'
const VERSION = 1
/** A file that is larger is not one of ours. */
const MOST_BYTES = 512 << 20

type Log = Pick<FastifyBaseLogger, 'warn' | 'error'>

/**
 * What is known of model versions, a file each below `directory`, so that a restart forgets nothing. A file is of one model,
 * version and sha256; what it holds of anything else is refused. One service may use a directory at a time.
 */
export class StateStore {
  readonly #directory: string
  readonly #log: Log
  /** By version: the changes that are saved. */
  readonly #saved = new WeakMap<Watched, number>()
  #saving: Promise<void> = Promise.resolve()
  #failing = false

  constructor(directory: string, log: Log) {
    this.#directory = directory
    this.#log = log
  }

  /** A version that goes on from its file, or begins anew where there is none that can be used. */
  open(facts: ModelFacts, settings: WatchSettings): Watched {
    const path = this.#pathOf(facts)
    try {
      if (statSync(path).size > MOST_BYTES) throw unusable('it is larger than any of ours')
      const watched = new Watched(facts, settings, parse(readJson(path), facts))
      this.#saved.set(watched, watched.changes)
      return watched
    } catch (error) {
      const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!absent)
        this.#log.warn({ path, reason: (error as Error).message }, 'what was watched before is not gone on with')
      return new Watched(facts, settings)
    }
  }

  /** Writes the versions of which something new is known, each file whole or not at all; never rejects. */
  save(all: readonly Watched[]): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      for (const watched of all) {
        const { changes, facts } = watched
        if ((this.#saved.get(watched) ?? 0) === changes) continue
        try {
          await this.#write(this.#pathOf(facts), jsonPieces(stateOf(watched)))
          this.#saved.set(watched, changes)
          this.#failing = false
        } catch (error) {
          if (!this.#failing) {
            this.#log.error(
              { reason: (error as Error).message },
              'what is watched cannot be kept; a restart would forget it',
            )
          }
          this.#failing = true
        }
      }
    })
    return this.#saving
  }

  async #write(path: string, content: Iterable<string>): Promise<void> {
    const directory = dirname(path)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const temporary = `${path}.${process.pid}.tmp`
    try {
      const file = await open(temporary, 'w', 0o600)
      try {
        await file.writeFile(content)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  #pathOf({ name, version, sha256 }: ModelFacts): string {
    return join(this.#directory, safe(name), `${safe(version)}-${sha256.slice(0, 12)}.json`)
  }
}

function stateOf(watched: Watched) {
  const { name, version, sha256 } = watched.facts
  return { format: FORMAT, version: VERSION, model: { name, version, sha256 }, ...watched.snapshot() }
}

function parse(content: unknown, { name, version, sha256 }: ModelFacts) {
  const json = content as Record<string, unknown> | null
  if (json?.format !== FORMAT || json.version !== VERSION) throw unusable(`it is not ${FORMAT} of version ${VERSION}`)
  const model = json.model as Record<string, unknown> | undefined
  if (model?.name !== name || model.version !== version || model.sha256 !== sha256)
    throw unusable('it is of another model')
  const { window, watch, feedback, results, segments } = json
  return { window, watch, feedback, results, segments }
}

function unusable(why: string): MonitoringError {
  return new MonitoringError('MONITORING_ERR_STRUCTURE', `The file cannot be used: ${why}.`)
}

/** A name as one segment of a path on every system. */
function safe(name: string): string {
  return encodeURIComponent(name).replaceAll(/[.*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
}
