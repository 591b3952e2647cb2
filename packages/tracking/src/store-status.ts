import { rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { nodeFiles } from './files.ts'
import { readJournal } from './journal.ts'
import { acquireLock, isLocked } from './lock.ts'
import type { Operation, StartOperation } from './operation.ts'
import { readSent, readStart } from './sent.ts'
import { countPending, runNames } from './sync.ts'

/** How far a run of a store is on its way to the server it was started for. */
export interface RunState {
  uuid: string
  experiment: string
  name: string
  /** The server, or null for a run of the local store, which nothing is sent of unless `sync` is asked to. */
  location: string | null
  /** Whether a living process writes or sends it. */
  busy: boolean
  /** Whether its journal holds its end. */
  ended: boolean
  operations: number
  pending: number
  refused: number
}

/** The runs of a store, oldest first. Reads only. */
export async function storeStatus({ home = '.copse' }: { home?: string | undefined } = {}): Promise<RunState[]> {
  const states: RunState[] = []
  for (const uuid of await runNames(resolve(home))) {
    const state = await stateOf(join(resolve(home), 'runs', uuid))
    if (state) states.push(state)
  }
  return states
}

/**
 * Deletes the runs of a store that have ended and wholly arrived on their server; runs of the local store, and those of which
 * something was refused, stay. Returns what was deleted.
 */
export async function prune({ home = '.copse' }: { home?: string | undefined } = {}): Promise<RunState[]> {
  const pruned: RunState[] = []
  for (const before of await storeStatus({ home })) {
    if (!hasArrived(before)) continue
    const runs = join(resolve(home), 'runs')
    const directory = join(runs, before.uuid)
    const lock = await acquireLock(join(directory, 'lock'), { waitMs: 0 }).catch(() => undefined)
    if (!lock) continue
    const state = await stateOf(directory)
    if (!state || !hasArrived({ ...state, busy: false })) {
      await lock.release()
      continue
    }
    // Out of `runs` at one stroke, so that nobody sees half a run.
    const rubbish = join(resolve(home), `.tmp-${uuidv7()}`)
    await rename(directory, rubbish)
    await nodeFiles.syncDirectory(runs)
    await lock.release()
    await rm(rubbish, { recursive: true, force: true })
    pruned.push(state)
  }
  return pruned
}

function hasArrived({ location, busy, ended, pending, refused }: RunState) {
  return location !== null && !busy && ended && pending === 0 && refused === 0
}

async function stateOf(directory: string): Promise<RunState | undefined> {
  const busy = isLocked(join(directory, 'lock'))
  const start = await readStart(directory).catch(() => undefined)
  if (!start) return undefined
  const operations = (await readJournal(join(directory, 'journal'), 'run')).records as Operation[]
  const { uuid, experiment, name, location } = start
  const ended = operations.at(-1)?.op === 'end'
  return {
    uuid,
    experiment,
    name,
    location,
    busy,
    ended,
    operations: operations.length,
    ...(await sentState(directory, start)),
  }
}

async function sentState(directory: string, start: StartOperation) {
  if (start.location === null) return { pending: 0, refused: 0 }
  const sent = await readSent(directory, start, start.location)
  return {
    pending: await countPending(directory, start, start.location),
    refused: sent.filter(({ refused }) => refused).length,
  }
}
