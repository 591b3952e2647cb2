import { copyWhole, writeWhole } from '../../src/disk.ts'
import { type Files, nodeFiles } from '../../src/files.ts'
import { Journal } from '../../src/journal.ts'
import { scanRecords } from '../../src/record.ts'
import { readJournalAgain } from './second-reader.ts'
import { type Fault, type Image, SimulatedDisk } from './simulated-disk.ts'

const PATH = '/home/journal'
const ARTIFACT = '/home/artifact'
/** Appends, flushes and artifacts of one run. */
const ACTIONS = 14

const original = (action: number) => `/elsewhere/${action}`
/** The disk with files that are copied by the system, as large ones are. */
const asLarge = (disk: Files): Files => ({ ...methods(disk), size: () => 2 ** 21 })

export interface Explored {
  /** Images of a disk after a crash that were looked at. */
  crashes: number
  /** Recoveries that were themselves cut off, at each of their steps. */
  recoveries: number
  /** Steps that were made to fail, each in a run of its own. */
  faults: number
  /** What was promised and not kept, at most 20 of them. */
  violations: string[]
}

interface Options {
  seed: number
  /** Power cuts tried after each step. */
  cuts: number
  /** Breaks the writer, to see that it is found out. */
  sabotage?: (disk: Files) => Files
}

/** Promises made when a number of steps was done. */
interface Mark {
  step: number
  created: boolean
  /** Records that `append` returned for, and those that a flush returned for. */
  appended: number
  durable: number
}

interface Run {
  disk: SimulatedDisk
  /** All records whose append was tried, in order, without the header. */
  records: { op: string; text: string }[]
  marks: Mark[]
}

/**
 * Writes a journal and an artifact on a simulated disk, with crashes after each step and with a fault at each step, and looks
 * at what is left:
 * - death of the process keeps each record that `append` returned for, a power cut each that `flush` returned for;
 * - what is read is the beginning of what was written, and bytes after it are told as dropped;
 * - a record that names an artifact never outlives that artifact's content;
 * - a recovery loses nothing, brings nothing back, and may itself be cut off at each of its steps;
 * - the second reader finds the same.
 */
export async function exploreCrashes({ seed, cuts, sabotage = (disk) => disk }: Options): Promise<Explored> {
  const random = mulberry32(seed)
  const explored: Explored = { crashes: 0, recoveries: 0, faults: 0, violations: [] }
  const whole = await write(seed, sabotage)
  await lookAtAll(whole, whole.disk.steps.length, explored, { random, cuts, sabotage })
  for (let step = 0; step < whole.disk.tries; step++) {
    for (const how of ['error', 'short'] as const) {
      const run = await write(seed, sabotage, { step, how })
      explored.faults += 1
      const from = Math.max(0, run.disk.steps.length - 4)
      await lookAtAll(run, run.disk.steps.length, explored, { random, cuts: Math.ceil(cuts / 16), sabotage, from })
    }
  }
  return explored
}

async function write(seed: number, sabotage: (disk: Files) => Files, fault?: Fault): Promise<Run> {
  const random = mulberry32(seed ^ 0x5eed)
  const contents = Array.from({ length: ACTIONS }, (_, n) => `content ${n} ${'y'.repeat(Math.floor(random() * 100))}`)
  const disk = new SimulatedDisk(new Map(contents.map((text, n) => [original(n), Buffer.from(text)])), fault)
  const files = sabotage(disk)
  const run: Run = { disk, records: [], marks: [] }
  const mark: Mark = { step: 0, created: false, appended: 0, durable: 0 }
  const promise = () => run.marks.push({ ...mark, step: disk.steps.length })
  promise()
  const journal = await Journal.create(PATH, 'run', files).catch(() => undefined)
  if (!journal) return run
  mark.created = true
  promise()
  // Records of one length are the hardest case: what lies behind a cut then fits where new records end.
  const size = random() < 0.5 ? () => 20 : () => Math.floor(random() ** 3 * 300)
  const append = (op: string, text: string) => {
    run.records.push({ op, text })
    try {
      journal.append({ op, text })
      mark.appended = run.records.length
    } catch {
      run.records.pop()
    }
    promise()
  }
  const flush = async () => {
    const appended = mark.appended
    await journal.flush().then(
      () => {
        mark.durable = appended
      },
      () => {},
    )
    promise()
  }
  for (let action = 0; action < ACTIONS; action++) {
    const what = random()
    if (what < 0.6) append('text', 'x'.repeat(size()))
    else if (what < 0.75) await flush()
    else {
      const content = contents[action]!
      const storing =
        what < 0.87 ? writeWhole(ARTIFACT, content, files) : copyWhole(original(action), ARTIFACT, asLarge(files))
      const stored = await storing.catch(() => undefined)
      if (stored) append('artifact', content)
    }
  }
  await journal.close().then(
    () => {
      mark.durable = mark.appended
    },
    () => {},
  )
  promise()
  return run
}

async function lookAtAll(
  run: Run,
  steps: number,
  explored: Explored,
  {
    random,
    cuts,
    sabotage,
    from = 0,
  }: { random: () => number; cuts: number; sabotage: (disk: Files) => Files; from?: number },
) {
  for (let step = from; step <= steps; step++) {
    const mark = run.marks.findLast((mark) => mark.step <= step)!
    // A step may be part of a call that has not returned: what it tried to write may be there.
    const death = run.disk.afterDeath(step)
    explored.crashes += 1
    const found = look(run, mark, death, mark.appended, `process death after step ${step}`, explored)
    if (found) await recover(death, found, explored, { random, cuts: 2, sabotage })
    for (let cut = 0; cut < cuts; cut++) {
      const image = run.disk.afterPowerCut(step, random)
      explored.crashes += 1
      const left = look(run, mark, image, mark.durable, `power cut ${cut} after step ${step}`, explored)
      if (left && cut % 4 === 0) await recover(image, left, explored, { random, cuts: 3, sabotage })
    }
  }
}

interface Found {
  records: object[]
  valid: number
}

/** Checks one image; answers what its journal holds, or nothing when there is no journal or it is wrong. */
function look(
  run: Run,
  mark: Mark,
  image: Image,
  promised: number,
  when: string,
  explored: Explored,
): Found | undefined {
  const complain = (what: string) =>
    void (explored.violations.length < 20 && explored.violations.push(`${when}: ${what}`))
  const bytes = image.get(PATH)
  if (!bytes) {
    if (mark.created) complain('the journal is gone')
    return undefined
  }
  const found = readTwice(bytes, complain)
  const records = found.records.slice(1) as Run['records']
  if (records.length < promised) complain(`${records.length} records are left of ${promised} that were promised`)
  const expected = run.records.slice(0, records.length)
  if (!sameRecords(records, expected)) {
    complain('what is read is not the beginning of what was written')
    return undefined
  }
  const last = records.findLastIndex(({ op }) => op === 'artifact')
  if (last >= 0) {
    const content = image.get(ARTIFACT)?.toString()
    const later = run.records.slice(last).filter(({ op }) => op === 'artifact')
    const tried = content?.startsWith('content ') && Number(content.split(' ')[1]) >= artifactNumber(records[last]!)
    if (content === undefined || !(later.some(({ text }) => text === content) || tried)) {
      complain('a record is there without its artifact')
    }
  }
  return found
}

function artifactNumber({ text }: { text: string }) {
  return Number(text.split(' ')[1])
}

function readTwice(bytes: Buffer, complain: (what: string) => void): Found {
  const { records, validBytes, dropped } = scanRecords(bytes)
  const again = readJournalAgain(bytes)
  if (again.valid !== validBytes || again.records.length !== records.length) complain('the second reader disagrees')
  if ((dropped?.bytes ?? 0) !== bytes.length - validBytes) complain('dropped bytes are not told')
  return { records, valid: validBytes }
}

const END = { op: 'text', text: `end${'x'.repeat(17)}` }

/** Recovers as the next start does, then cuts the recovery itself off after each of its steps. */
async function recover(
  image: Image,
  { records }: Found,
  explored: Explored,
  { random, cuts, sabotage }: { random: () => number; cuts: number; sabotage: (disk: Files) => Files },
) {
  const disk = new SimulatedDisk(image)
  const before = records.slice(1) as Run['records']
  const { journal, records: read } = await Journal.open(PATH, 'run', sabotage(disk))
  const complain = (what: string) =>
    void (explored.violations.length < 20 && explored.violations.push(`recovery: ${what}`))
  if (read.length !== before.length) complain('another number of records')
  journal.append(END)
  const appended = disk.steps.length
  await journal.close()
  const steps = disk.steps.length
  for (let step = 0; step <= steps; step++) {
    for (let cut = 0; cut <= cuts; cut++) {
      explored.recoveries += 1
      const after = cut === cuts ? disk.afterDeath(step) : disk.afterPowerCut(step, random)
      const bytes = after.get(PATH) ?? Buffer.alloc(0)
      const left = readTwice(bytes, complain).records.slice(1) as Run['records']
      const kept = left.slice(0, before.length)
      if (kept.length < before.length || !sameRecords(kept, before)) complain(`step ${step} loses records`)
      const more = left.slice(before.length)
      if (more.length > 1 || (more.length === 1 && more[0]!.text !== END.text))
        complain(`step ${step} brings back what was dropped`)
      if (more.length === 0 && (step === steps || (cut === cuts && step >= appended)))
        complain(`step ${step} loses the end`)
    }
  }
}

function sameRecords(one: readonly { op: string; text: string }[], two: readonly { op: string; text: string }[]) {
  return (
    one.length === two.length && one.every(({ op, text }, index) => op === two[index]!.op && text === two[index]!.text)
  )
}

export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The disk's own methods, called on the disk. */
export function methods(disk: Files): Files {
  const names = Object.keys(nodeFiles) as (keyof Files)[]
  return Object.fromEntries(names.map((name) => [name, (disk[name] as () => void).bind(disk)])) as unknown as Files
}
