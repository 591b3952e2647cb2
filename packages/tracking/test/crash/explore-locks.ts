import type { Files } from '../../src/files.ts'
import { claim, isLocked, release, wasAbandoned } from '../../src/lock.ts'
import type { Processes } from '../../src/processes.ts'
import { mulberry32 } from './explore-crashes.ts'
import { type Image, SimulatedDisk } from './simulated-disk.ts'

const LOCK = '/run/lock'
const DEAD = 99

/** What a process may find: no lock, one given back, one of a dead process, and what a power cut leaves. */
const ROWS: Record<string, Record<string, string>> = {
  none: {},
  free: { 1: 'free' },
  'a dead owner': { 1: owner(DEAD) },
  'an empty file': { 1: '' },
  'a torn owner': { 1: owner(DEAD).slice(0, 7) },
  'a dead owner and a dead claim': { 3: owner(DEAD), 4: owner(DEAD) },
  'a lock given back in part': { 2: `free${owner(DEAD).slice(4)}` },
}

export interface ExploredLocks {
  /** Ways in which up to three processes got in each other's way. */
  interleavings: number
  /** Deaths and power cuts. */
  crashes: number
  /** What was promised and not kept, at most 20 of them. */
  violations: string[]
}

/** Breaks the disk or the view of the processes, to see that it is found out. */
export interface LockSabotage {
  disk?: (disk: Files) => Partial<Files>
  processes?: Partial<Processes>
}

/**
 * Lets processes claim one lock on a simulated disk:
 * - between any two calls of one another claims it, and between any two calls of that a third, each of which then holds it,
 *   gives it back or dies: no two living processes ever hold it, and when none does the next claim gets it;
 * - a process dies before any of its calls, or the power fails after it: the next process gets the lock, and is told that it was
 *   abandoned when it was held.
 */
export function exploreLocks({ seed, cuts, sabotage = {} }: { seed: number; cuts: number; sabotage?: LockSabotage }) {
  const explored: ExploredLocks = { interleavings: 0, crashes: 0, violations: [] }
  for (const [name, files] of Object.entries(ROWS)) {
    const image: Image = new Map(Object.entries(files).map(([n, text]) => [`${LOCK}.${n}`, Buffer.from(text)]))
    explored.crashes += crash(name, image, { seed, cuts, sabotage }, explored.violations)
    for (const second of ENDINGS) {
      for (const third of ENDINGS) {
        for (let at = 0, more = true; more; at++) {
          more = false
          for (let below = -1, deeper = true; deeper; below++) {
            const { reached, reachedBelow, problem } = interleave(image, { at, below, second, third, sabotage })
            if (!reached) break
            more = true
            deeper = reachedBelow
            explored.interleavings += 1
            const where = `${name}: second (${second}) at call ${at} of the first, third (${third}) at call ${below} of it`
            if (problem !== undefined && explored.violations.length < 20)
              explored.violations.push(`${where}: ${problem}`)
          }
        }
      }
    }
  }
  return explored
}

type Ending = 'holds' | 'gives back' | 'dies'
const ENDINGS: readonly Ending[] = ['holds', 'gives back', 'dies']

interface Plan {
  /** Call of the first process before which the second one runs; call of the second before which the third runs, or -1. */
  at: number
  below: number
  second: Ending
  third: Ending
  sabotage: LockSabotage
}

function interleave(image: Image, { at, below, second, third, sabotage }: Plan) {
  const disk = new SimulatedDisk(image)
  const alive = new Set([1, 2, 3, 4])
  const holders = new Set<number>()
  let problem: string | undefined
  let reached = false
  let reachedBelow = below === -1
  const enter = (pid: number, ending: Ending, hook: (call: number) => void) => {
    const options = lockOptions(disk, pid, alive, hook, sabotage)
    const claimed = claim(LOCK, options)
    if (claimed === undefined) return
    holders.add(pid)
    if (holders.size > 1) problem ??= `${[...holders].join(' and ')} hold it at once`
    if (ending === 'holds') return
    holders.delete(pid)
    if (ending === 'dies') alive.delete(pid)
    else
      release(
        claimed,
        lockOptions(disk, pid, alive, () => {}, sabotage),
      )
  }
  enter(1, 'holds', (call) => {
    if (call !== at) return
    reached = true
    enter(2, second, (deeper) => {
      if (deeper !== below) return
      reachedBelow = true
      enter(3, third, () => {})
    })
  })
  const before = holders.size
  enter(4, 'holds', () => {})
  if (before === 0 && !holders.has(4)) problem ??= 'nobody holds it and nobody can have it'
  return { reached, reachedBelow, problem }
}

/** A process that takes the lock, makes the directory durable and gives the lock back, cut off before each of its calls. */
function crash(
  name: string,
  image: Image,
  { seed, cuts, sabotage }: { seed: number; cuts: number; sabotage: LockSabotage },
  violations: string[],
): number {
  let crashes = 0
  const random = mulberry32(seed)
  for (let end = 0, whole = false; !whole; end++) {
    const disk = new SimulatedDisk(image)
    const hook = (call: number) => {
      if (call === end) throw new Death()
    }
    let call = 0
    const count = () => hook(call++)
    let held = false
    try {
      const claimed = claim(LOCK, lockOptions(disk, 1, new Set([1]), count, sabotage))
      if (claimed === undefined) {
        violations.push(`${name}: the first claim failed`)
        return crashes
      }
      held = true
      // As a run's directory is synced once its journal is there.
      void disk.syncDirectory('/run')
      release(claimed, lockOptions(disk, 1, new Set([1]), count, sabotage))
      whole = true
    } catch (error) {
      if (!(error instanceof Death)) throw error
    }
    const steps = disk.steps.length
    const images = [disk.afterDeath(steps), ...Array.from({ length: cuts }, () => disk.afterPowerCut(steps, random))]
    for (const [index, left] of images.entries()) {
      crashes += 1
      const after = { ...lockOptions(new SimulatedDisk(left), 2, new Set([2]), () => {}, sabotage) }
      const when = `${name}: ${index === 0 ? 'death' : 'power cut'} before call ${end}`
      const complain = (what: string) => void (violations.length < 20 && violations.push(`${when}: ${what}`))
      if (isLocked(LOCK, after)) complain('a dead process holds it')
      if (held && !whole && !wasAbandoned(LOCK, after) && !releasing(left)) complain('that it was held is not known')
      if (whole && index === 0 && wasAbandoned(LOCK, after)) complain('a lock that was given back counts as abandoned')
      if (claim(LOCK, after) === undefined) complain('nobody can have it')
    }
  }
  return crashes
}

/** Whether what is left shows the first write of a release, after which the lock may count as given back. */
function releasing(left: Image): boolean {
  return [...left.values()].some((bytes) => bytes.toString().startsWith('free'))
}

class Death extends Error {}

function lockOptions(
  disk: SimulatedDisk,
  pid: number,
  alive: ReadonlySet<number>,
  hook: (call: number) => void,
  sabotage: LockSabotage,
) {
  let call = 0
  const files = new Proxy(disk, {
    get: (target, name) => {
      const broken = sabotage.disk?.(target)[name as keyof Files]
      const method = (broken ?? target[name as keyof SimulatedDisk]) as (...given: unknown[]) => unknown
      return (...given: unknown[]) => {
        hook(call++)
        return method.apply(target, given)
      }
    },
  })
  const processes: Processes = {
    host: 'here',
    self: () => ({ pid, host: 'here', started: '' }),
    isAlive: (owner) => alive.has(owner.pid),
    ...sabotage.processes,
  }
  return { files: files as Files, processes }
}

function owner(pid: number) {
  return JSON.stringify({ pid, host: 'here', started: '' })
}
