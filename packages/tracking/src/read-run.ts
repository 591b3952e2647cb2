import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exists, type StoredFile } from './disk.ts'
import { TrackingError } from './errors.ts'
import { type Dropped, readJournal } from './journal.ts'
import { isLocked } from './lock.ts'
import type { Operation, StartOperation } from './operation.ts'
import type { RunStatus } from './types.ts'

/** A run as its journal tells it. */
export interface RunRecord {
  uuid: string
  experiment: string
  name: string
  /** The server that the run was sent to, or null for the local store. */
  location: string | null
  /** uuid of the parent run. */
  parent?: string
  /** A run with no end whose process is gone was killed. */
  status: RunStatus | 'RUNNING'
  /** Milliseconds since 1970. */
  startedAt: number
  endedAt?: number
  params: Record<string, string>
  tags: Record<string, string>
  /** Every point in the order logged. */
  metrics: Record<string, { value: number; step: number; timestamp: number }[]>
  /** By path; a path logged twice holds the last. */
  artifacts: Record<string, StoredFile>
  models: { modelId: string; name: string; registeredModelName?: string }[]
  /** What was unreadable at the end of the journal. */
  dropped?: Dropped
}

/** Runs of a store, oldest first, without those whose journal does not hold their start. A store that does not exist has none. */
export async function listRuns(home: string): Promise<RunRecord[]> {
  const names = await readdir(join(resolve(home), 'runs')).catch(() => [])
  const runs: RunRecord[] = []
  for (const uuid of names.sort()) {
    if (!(await exists(join(resolve(home), 'runs', uuid, 'journal')))) continue
    const run = await read(home, uuid)
    if (run) runs.push(run)
  }
  return runs
}

/** Reads one run of a store. Throws TRACKING_ERR_NOT_FOUND, and TRACKING_ERR_JOURNAL for a journal that is none. */
export async function readRun(home: string, uuid: string): Promise<RunRecord> {
  if (!/^[0-9a-f-]{36}$/.test(uuid)) throw missing(home, uuid)
  if (!(await exists(join(resolve(home), 'runs', uuid, 'journal')))) throw missing(home, uuid)
  const run = await read(home, uuid)
  if (!run) throw missing(home, uuid)
  return run
}

async function read(home: string, uuid: string): Promise<RunRecord | undefined> {
  const directory = join(resolve(home), 'runs', uuid)
  // Asked before reading: a run that ends in between has its end in the journal.
  const alive = isLocked(join(directory, 'lock'))
  const { records, dropped } = await readJournal(join(directory, 'journal'), 'run')
  const [start, ...operations] = records as [StartOperation | undefined, ...Operation[]]
  if (start?.op !== 'start') return undefined
  const run = begin(start, alive)
  for (const operation of operations) apply(run, operation)
  return dropped ? { ...run, dropped } : run
}

function begin(start: StartOperation, alive: boolean): RunRecord {
  return {
    uuid: start.uuid,
    experiment: start.experiment,
    name: start.name,
    location: start.location,
    ...(start.parent && { parent: start.parent.uuid }),
    status: alive ? 'RUNNING' : 'KILLED',
    startedAt: start.time,
    params: {},
    tags: Object.fromEntries(start.tags.map(({ key, value }) => [key, value])),
    metrics: {},
    artifacts: {},
    models: [],
  }
}

function apply(run: RunRecord, operation: Operation) {
  if (operation.op === 'batch') {
    for (const { key, value } of operation.params) put(run.params, key, value)
    for (const { key, value } of operation.tags) put(run.tags, key, value)
    for (const { key, value, step, timestamp } of operation.metrics) {
      const points = Object.hasOwn(run.metrics, key) ? run.metrics[key]! : []
      points.push({ value: Number(value), step, timestamp })
      put(run.metrics, key, points)
    }
  } else if (operation.op === 'artifact') {
    put(run.artifacts, operation.path, { bytes: operation.bytes, sha256: operation.sha256 })
  } else if (operation.op === 'model') {
    const { model, name, register } = operation
    run.models.push({ modelId: model, name, ...(register && { registeredModelName: register.name }) })
  } else if (operation.op === 'end') {
    run.status = operation.status
    run.endedAt = operation.time
  }
}

/** Not by assignment: a param may be named __proto__. */
function put<T>(record: Record<string, T>, key: string, value: T) {
  Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
}

function missing(home: string, uuid: string) {
  return new TrackingError('TRACKING_ERR_NOT_FOUND', `There is no run ${JSON.stringify(uuid)} in ${resolve(home)}`)
}
