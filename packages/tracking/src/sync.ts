import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ArtifactStore } from './artifact-store.ts'
import { exists } from './disk.ts'
import { TrackingError } from './errors.ts'
import { describeDropped, Journal, readJournal } from './journal.ts'
import { acquireLock } from './lock.ts'
import type { Operation, Sent, StartOperation } from './operation.ts'
import { withoutOvertaken } from './overtaken.ts'
import { recoverRuns } from './recover-runs.ts'
import { type Pending, replay } from './replay.ts'
import { Rest } from './rest.ts'
import { MlflowSender } from './sender.ts'
import { readStart, sentName } from './sent.ts'
import type { ServerOptions } from './types.ts'

export interface SyncOptions extends ServerOptions {
  /** The server that runs are sent to; those that were started for another are left alone. */
  uri: string
  /** Default `.copse`. */
  home?: string | undefined
  /** Also send the runs of the local store, which were started for no server. Default false. */
  local?: boolean | undefined
  /** Stops after the run that is under way. */
  signal?: AbortSignal | undefined
  /** Told of each run when it is done. */
  onRun?: ((run: SyncedRun) => void) | undefined
  onWarning?: ((warning: string) => void) | undefined
}

export interface SyncedRun {
  uuid: string
  experiment: string
  name: string
  /** The server's id and page; absent when the run could not be started there. */
  id?: string
  url?: string
  /** Operations that arrived or were refused now, and those that are still to be sent. */
  sent: number
  pending: number
  /** One sentence for each operation that the server refused for good or could not take now. */
  problems: string[]
}

export interface SyncReport {
  location: string
  runs: SyncedRun[]
  /** Runs left alone because a living process writes or sends them. */
  busy: number
  /** Runs with pending operations that belong to another server, or to the local store without `local`. */
  elsewhere: number
  /** Operations still pending in `runs`; with `busy` and `elsewhere` 0 and this 0, the server has everything. */
  pending: number
  /** Operations that the server refused for good. */
  refused: number
}

/**
 * Sends to a server what is in the journals of `home` and has not arrived. May be stopped at any point, run again, and run by
 * several processes at once: each run is sent by one of them, and each thing is made once. Runs whose process died are ended
 * KILLED. Throws TRACKING_ERR_OPTION, and TRACKING_ERR_UNREACHABLE when the server goes away (what was sent stays sent).
 */
export async function sync(options: SyncOptions): Promise<SyncReport> {
  const home = resolve(options.home ?? '.copse')
  const warn = options.onWarning ?? (() => {})
  const rest = new Rest(options.uri, options)
  const sender = new MlflowSender(rest, new ArtifactStore(rest))
  const report: SyncReport = { location: rest.location, runs: [], busy: 0, elsewhere: 0, pending: 0, refused: 0 }
  if (await exists(join(home, 'runs'))) await recoverRuns(home, warn)
  for (const uuid of await runNames(home)) {
    if (options.signal?.aborted) break
    const directory = join(home, 'runs', uuid)
    const start = await readStart(directory).catch((error: Error) => void warn(error.message))
    if (!start) continue
    const mine = start.location === rest.location || (start.location === null && options.local === true)
    if (!mine) {
      if (start.location !== null)
        report.elsewhere += (await countPending(directory, start, start.location)) > 0 ? 1 : 0
      continue
    }
    if ((await countPending(directory, start, rest.location)) === 0) continue
    const done = await syncRun(directory, start, { sender, location: rest.location, warn })
    if (done === 'busy') {
      report.busy += 1
      continue
    }
    report.runs.push(done.run)
    report.pending += done.run.pending
    report.refused += done.refused
    options.onRun?.(done.run)
    if (done.away) throw done.away
  }
  return report
}

/** Names of the directories in `<home>/runs`, oldest run first, so that parents come before their children. */
export async function runNames(home: string): Promise<string[]> {
  return (await readdir(join(home, 'runs')).catch(() => [])).sort()
}

/** Operations of a run that have neither arrived at `location` nor been refused. */
export async function countPending(directory: string, start: StartOperation, location: string): Promise<number> {
  const { records } = await readJournal(join(directory, 'journal'), 'run')
  return pendingOf(records as Operation[], await sentOf(join(directory, sentName(start, location)))).length
}

interface Done {
  run: SyncedRun
  refused: number
  away?: TrackingError
}

async function syncRun(
  directory: string,
  start: StartOperation,
  { sender, location, warn }: { sender: MlflowSender; location: string; warn: (warning: string) => void },
): Promise<Done | 'busy'> {
  const lock = await acquireLock(join(directory, 'lock'), { waitMs: 0 }).catch((error) => {
    if (error instanceof TrackingError && error.code === 'TRACKING_ERR_LOCKED') return undefined
    throw error
  })
  if (!lock) return 'busy'
  try {
    const { records } = await readJournal(join(directory, 'journal'), 'run')
    const path = join(directory, sentName(start, location))
    if (!(await exists(path))) await (await Journal.create(path, 'sent')).close()
    const { journal: sent, records: before } = await Journal.open(path, 'sent')
    try {
      if (sent.dropped) warn(describeDropped(path, sent.dropped))
      const operations = records as Operation[]
      const pending = pendingOf(operations, before as Sent[])
      const run = (before as Sent[]).find((record) => record.run)?.run
      const arrived = new Set((before as Sent[]).filter(({ refused }) => !refused).map(({ record }) => record))
      const due = withoutOvertaken(pending, operations, (record) => arrived.has(record))
      const done = await replay(due, { directory, sender, sent, run })
      return { run: describe(start, pending.length, done, sender), refused: done.refused.length, ...awayOf(done) }
    } finally {
      await sent.close()
    }
  } finally {
    await lock.release()
  }
}

function describe(
  { uuid, experiment, name }: StartOperation,
  pending: number,
  { run, settled, refused, failed, aliases }: Awaited<ReturnType<typeof replay>>,
  sender: MlflowSender,
): SyncedRun {
  const moved = aliases.map(
    ({ name, alias, version, at }) =>
      `The alias ${alias} of model ${JSON.stringify(name)} was left at ${at === 'none' ? 'nothing' : `version ${at}`}, where it was moved meanwhile, and not moved to version ${version}`,
  )
  return {
    uuid,
    experiment,
    name,
    ...(run && { id: run.id, url: sender.runUrl(run) }),
    sent: settled.length,
    pending: pending - settled.length,
    problems: [...refused.map(({ error }) => error), ...failed].map(({ message }) => message).concat(moved),
  }
}

function awayOf({ away }: { away?: TrackingError }) {
  return away ? { away } : {}
}

async function sentOf(path: string): Promise<Sent[]> {
  return (await exists(path)) ? ((await readJournal(path, 'sent')).records as Sent[]) : []
}

function pendingOf(operations: readonly Operation[], sent: readonly Sent[]): Pending[] {
  const settled = new Set(sent.map(({ record }) => record))
  // A start that was refused leaves the rest nowhere to go.
  if (sent.some(({ record, refused }) => record === 1 && refused)) return []
  return operations
    .map((operation, index) => ({ record: index + 1, operation }))
    .filter(({ record }) => !settled.has(record))
}
