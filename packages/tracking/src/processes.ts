import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { codeOf } from './disk.ts'

/** Who holds a lock. */
export interface Owner {
  pid: number
  host: string
  /** Start of the process in the kernel's ticks, so that a pid used again is not taken for its former owner; '' where unknown. */
  started: string
}

/** The processes of this machine. */
export interface Processes {
  readonly host: string
  self(): Owner
  /** Whether an owner on this machine still runs. */
  isAlive(owner: Owner): boolean
}

let own: Owner | undefined

export const systemProcesses: Processes = {
  host: hostname(),
  self: () => {
    own ??= { pid: process.pid, host: systemProcesses.host, started: processStat(process.pid).started }
    return own
  },
  isAlive,
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  const now = processStat(pid)
  if (now.state === 'Z') return false
  return now.started === '' || started === '' || now.started === started
}

/** Fields 3 and 22 of Linux' /proc/PID/stat; empty elsewhere. Z is a process that has ended and waits for its parent. */
function processStat(pid: number): { state: string; started: string } {
  let line = ''
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    // Not Linux, or not there any more.
  }
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', started: fields[19] ?? '' }
}
