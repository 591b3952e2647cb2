import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from './disk.ts'
import { describeDropped, Journal } from './journal.ts'
import { acquireLock, wasAbandoned } from './lock.ts'
import type { EndOperation, Operation } from './operation.ts'

/**
 * Ends the runs of a store whose process died: cuts the damaged end off their journals, says how much that was, and records
 * them KILLED at the time of their last write.
 */
export async function recoverRuns(home: string, warn: (warning: string) => void): Promise<void> {
  const runs = join(home, 'runs')
  for (const uuid of await readdir(runs)) {
    const directory = join(runs, uuid)
    if (!wasAbandoned(join(directory, 'lock'))) continue
    await recover(directory, warn).catch((error) => warn(`The run in ${directory} was left as it is: ${error.message}`))
  }
}

async function recover(directory: string, warn: (warning: string) => void) {
  const lock = await acquireLock(join(directory, 'lock'), { waitMs: 0 }).catch(() => undefined)
  if (!lock) return
  try {
    for (const kind of ['run', 'sent'] as const) {
      const path = join(directory, kind === 'run' ? 'journal' : 'sent')
      if (!(await exists(path))) continue
      const time = Math.trunc((await stat(path)).mtimeMs)
      const { journal, records } = await Journal.open(path, kind)
      if (journal.dropped) warn(describeDropped(path, journal.dropped))
      if (kind === 'run' && isOpen(records as Operation[])) {
        journal.append({ op: 'end', status: 'KILLED', time } satisfies EndOperation)
        warn(`The process of the run in ${directory} died: the run is ended KILLED`)
      }
      await journal.close()
    }
  } finally {
    await lock.release()
  }
}

function isOpen(operations: Operation[]) {
  return operations.length > 0 && operations.at(-1)!.op !== 'end'
}
