import { open, readdir, readFile, rm, stat, truncate, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname } from 'node:path'
import { codeOf } from './disk.ts'
import { TrackingError } from './errors.ts'

export interface Lock {
  release(): Promise<void>
}

interface Owner {
  pid: number
  host: string
  /** Start of the process in the kernel's ticks, so that a pid used again is not taken for its former owner; '' where unknown. */
  started: string
}

const WAIT = 10_000
/** Milliseconds between two signs of life that a holder gives, for those who cannot see its process. */
const HEARTBEAT = 20_000
/** Age of the last sign of life at which a holder on another machine counts as dead: a holder may compute for minutes. */
const FOREIGN_AGE = 600_000

/**
 * Waits until no living process holds the lock `path`, then holds it.
 *
 * The lock is a row of files PATH.1, PATH.2, …; each claim makes the next one, and an empty file or a dead owner holds
 * nothing. Invariant: a claim counts only if, after its owner was written, no higher file exists and no lower file has a
 * living owner; only then are the lower ones removed. Of two claims at least one sees the other, and a slow process that
 * still believes in an old dead owner finds a higher file, so taking over from the dead is safe.
 */
export async function acquireLock(path: string, { waitMs = WAIT } = {}): Promise<Lock> {
  const deadline = Date.now() + waitMs
  for (;;) {
    const claimed = await claim(path)
    if (claimed) return hold(claimed)
    if (Date.now() > deadline) {
      throw new TrackingError('TRACKING_ERR_LOCKED', `Another process has held the lock ${path} for ${waitMs} ms`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 18))
  }
}

/** Whether a living process holds the lock. */
export async function isLocked(path: string): Promise<boolean> {
  for (const generation of await generations(path)) if (await isHeld(`${path}.${generation}`)) return true
  return false
}

/** Whether the lock's last holder died without giving it back. */
export async function wasAbandoned(path: string): Promise<boolean> {
  let abandoned = false
  for (const generation of await generations(path)) {
    const file = `${path}.${generation}`
    if (await isHeld(file)) return false
    abandoned ||= ((await stat(file).catch(() => undefined))?.size ?? 0) > 0
  }
  return abandoned
}

function hold(file: string): Lock {
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => {})
  }, HEARTBEAT).unref()
  return {
    release: async () => {
      clearInterval(heartbeat)
      await truncate(file, 0).catch((error) => {
        // Whoever removed the file has removed the lock with it.
        if (codeOf(error) !== 'ENOENT') throw error
      })
    },
  }
}

async function claim(path: string): Promise<string | undefined> {
  const before = await generations(path)
  for (const generation of before) if (await isHeld(`${path}.${generation}`)) return undefined
  const mine = Math.max(0, ...before) + 1
  const file = `${path}.${mine}`
  if (!(await writeOwner(file))) return undefined
  const after = await generations(path)
  const lower = after.filter((generation) => generation < mine)
  let valid = after.every((generation) => generation <= mine)
  for (const generation of lower) valid &&= !(await isHeld(`${path}.${generation}`))
  if (!valid) {
    await rm(file, { force: true })
    return undefined
  }
  for (const generation of lower) await rm(`${path}.${generation}`, { force: true })
  return file
}

async function generations(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`
  const names = await readdir(dirname(path)).catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return []
    throw error
  })
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((digits) => /^[1-9]\d{0,14}$/.test(digits))
    .map(Number)
}

async function writeOwner(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    try {
      const owner: Owner = { pid: process.pid, host: hostname(), started: (await processStat(process.pid)).started }
      await handle.writeFile(JSON.stringify(owner))
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function isHeld(file: string): Promise<boolean> {
  const owner = await readOwner(file)
  if (owner === undefined) return false
  if (owner.host !== hostname()) {
    const age = Date.now() - ((await stat(file).catch(() => undefined))?.mtimeMs ?? 0)
    return age < FOREIGN_AGE
  }
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  const { state, started } = await processStat(owner.pid)
  if (state === 'Z') return false
  return started === '' || owner.started === '' || started === owner.started
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const { pid, host, started } = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>
    if (!Number.isSafeInteger(pid) || pid! <= 0 || typeof host !== 'string') return undefined
    return { pid: pid!, host, started: typeof started === 'string' ? started : '' }
  } catch {
    return undefined
  }
}

/** Fields 3 and 22 of Linux' /proc/PID/stat; empty elsewhere. Z is a process that has ended and waits for its parent. */
async function processStat(pid: number): Promise<{ state: string; started: string }> {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', started: fields[19] ?? '' }
}
