import { hash } from 'node:crypto'
import { join } from 'node:path'
import { exists } from './disk.ts'
import { readJournal } from './journal.ts'
import type { Sent, StartOperation } from './operation.ts'

/**
 * Name of the journal that tells what of a run has arrived at `location`. A run that was started for a server has one; a run
 * of the local store has one for each server that it was sent to later.
 */
export function sentName(start: StartOperation, location: string): string {
  return start.location === null ? `sent-${hash('sha256', location).slice(0, 8)}` : 'sent'
}

/** What has arrived of the run in `directory`; nothing when nothing was ever sent. */
export async function readSent(directory: string, start: StartOperation, location: string): Promise<Sent[]> {
  const path = join(directory, sentName(start, location))
  if (!(await exists(path))) return []
  return (await readJournal(path, 'sent')).records as Sent[]
}

/** First operation of the run in `directory`, if its journal holds that much. */
export async function readStart(directory: string): Promise<StartOperation | undefined> {
  const path = join(directory, 'journal')
  if (!(await exists(path))) return undefined
  const [start] = (await readJournal(path, 'run')).records as [StartOperation | undefined]
  return start?.op === 'start' ? start : undefined
}
