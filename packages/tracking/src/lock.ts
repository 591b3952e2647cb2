import { utimes } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { codeOf } from './disk.ts'
import { TrackingError } from './errors.ts'
import { type Files, nodeFiles } from './files.ts'
import { type Owner, type Processes, systemProcesses } from './processes.ts'

export interface Lock {
  release(): Promise<void>
}

/** Where locks are kept and who holds them; tests put simulations here. */
export interface LockOptions {
  files?: Files
  processes?: Processes
}

const WAIT = 10_000
/** Milliseconds between two signs of life that a holder gives, for those who cannot see its process. */
const HEARTBEAT = 20_000
/** Age of the last sign of life at which a holder on another machine counts as dead: a holder may compute for minutes. */
const FOREIGN_AGE = 600_000
/** What is left in a lock that was given back; an empty file is one whose owner died, or lost power, before it had signed. */
const FREE = Buffer.from('free')

/**
 * Waits until no living process holds the lock `path`, then holds it.
 *
 * The lock is a row of files PATH.1, PATH.2, …; each claim makes the next one, and a file that names no living owner holds
 * nothing. Invariant: a claim counts only if, after its owner was written, no higher file exists and no lower file has a
 * living owner; only then are the lower ones removed. Of two claims at least one sees the other, and a slow process that
 * still believes in an old dead owner finds a higher file, so taking over from the dead is safe.
 */
export async function acquireLock(
  path: string,
  { waitMs = WAIT, ...options }: LockOptions & { waitMs?: number } = {},
): Promise<Lock> {
  const deadline = Date.now() + waitMs
  for (;;) {
    const claimed = claim(path, options)
    if (claimed) return hold(claimed, options)
    if (Date.now() > deadline) {
      throw new TrackingError('TRACKING_ERR_LOCKED', `Another process has held the lock ${path} for ${waitMs} ms`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 18))
  }
}

/** Whether a living process holds the lock. */
export function isLocked(path: string, options: LockOptions = {}): boolean {
  return generations(path, options).some((generation) => isHeld(`${path}.${generation}`, options))
}

/** Whether the lock's last holder died without giving it back. */
export function wasAbandoned(path: string, options: LockOptions = {}): boolean {
  const files = generations(path, options).map((generation) => `${path}.${generation}`)
  if (files.some((file) => isHeld(file, options))) return false
  return files.some((file) => !(readText(file, options)?.startsWith('free') ?? true))
}

/** One try: the file of a claim that counts, or undefined. */
export function claim(path: string, options: LockOptions = {}): string | undefined {
  const { files = nodeFiles } = options
  const before = generations(path, options)
  if (before.some((generation) => isHeld(`${path}.${generation}`, options))) return undefined
  const mine = Math.max(0, ...before) + 1
  const file = `${path}.${mine}`
  if (!writeOwner(file, options)) return undefined
  const after = generations(path, options)
  const lower = after.filter((generation) => generation < mine)
  const isFirst = after.every((generation) => generation <= mine)
  if (!isFirst || lower.some((generation) => isHeld(`${path}.${generation}`, options))) {
    files.remove(file)
    return undefined
  }
  for (const generation of lower) files.remove(`${path}.${generation}`)
  return file
}

/** Gives a claimed file back. */
export function release(file: string, { files = nodeFiles }: LockOptions = {}): void {
  let opened: number
  try {
    opened = files.open(file, 'r+')
  } catch (error) {
    // Whoever removed the file has removed the lock with it.
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  try {
    files.write(opened, FREE, 0, FREE.length, 0)
    files.truncate(opened, FREE.length)
  } finally {
    files.close(opened)
  }
}

function hold(file: string, options: LockOptions): Lock {
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => {})
  }, HEARTBEAT).unref()
  return {
    release: async () => {
      clearInterval(heartbeat)
      release(file, options)
    },
  }
}

function generations(path: string, { files = nodeFiles }: LockOptions): number[] {
  const prefix = `${basename(path)}.`
  return files
    .list(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((digits) => /^[1-9]\d{0,14}$/.test(digits))
    .map(Number)
}

function writeOwner(path: string, { files = nodeFiles, processes = systemProcesses }: LockOptions): boolean {
  let file: number
  try {
    file = files.open(path, 'wx')
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  try {
    const owner = Buffer.from(JSON.stringify(processes.self()))
    for (let at = 0; at < owner.length; ) at += files.write(file, owner, at, owner.length - at, at)
    return true
  } finally {
    files.close(file)
  }
}

function isHeld(file: string, options: LockOptions): boolean {
  const { files = nodeFiles, processes = systemProcesses } = options
  const owner = readOwner(file, options)
  if (owner === undefined) return false
  if (owner.host === processes.host) return processes.isAlive(owner)
  return Date.now() - (files.changed(file) ?? 0) < FOREIGN_AGE
}

function readOwner(file: string, options: LockOptions): Owner | undefined {
  try {
    const { pid, host, started } = JSON.parse(readText(file, options) ?? '') as Partial<Owner>
    if (!Number.isSafeInteger(pid) || pid! <= 0 || typeof host !== 'string') return undefined
    return { pid: pid!, host, started: typeof started === 'string' ? started : '' }
  } catch {
    return undefined
  }
}

/** Undefined when the file is not there, or cannot be read. */
function readText(path: string, { files = nodeFiles }: LockOptions): string | undefined {
  try {
    const file = files.open(path, 'r')
    try {
      return files.read(file).toString('utf8')
    } finally {
      files.close(file)
    }
  } catch {
    return undefined
  }
}
