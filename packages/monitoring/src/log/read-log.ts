import { createReadStream } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CLOSED, OPEN, syncDirectory } from './file-sink.ts'
import type { FeedbackRecord, PredictionRecord } from './record.ts'

/** A line may be as long; a longer one is counted as broken and skipped. */
const MOST_LINE = 1 << 20

/** What was read and could not be used. */
export interface LogTally {
  files: number
  predictions: number
  labels: number
  /** Lines that are no records; the torn end of a segment whose process was killed is not one of them. */
  broken: number
  /** Segments that end within a line. */
  torn: number
}

export function newTally(): LogTally {
  return { files: 0, predictions: 0, labels: 0, broken: 0, torn: 0 }
}

/** The segments of a directory, oldest first: closed ones, and those still open. */
async function segmentsOf(directory: string): Promise<string[]> {
  const names = await readdir(directory)
  return names
    .filter((name) => name.endsWith(CLOSED) || name.endsWith(OPEN))
    .sort()
    .map((name) => join(directory, name))
}

/** Every record of a directory of segments, in their order; nobody vouches for them, so each is checked. Counts into `tally`. */
export async function* readLog(
  directory: string,
  tally: LogTally = newTally(),
): AsyncGenerator<PredictionRecord | FeedbackRecord> {
  for (const path of await segmentsOf(directory)) {
    tally.files++
    for await (const line of linesOf(path)) {
      if (line.isTorn) {
        tally.torn++
        continue
      }
      const record = parseRecord(line.text)
      if (record === undefined) tally.broken++
      else if ('feedback' in record) tally.labels++
      else tally.predictions++
      if (record) yield record
    }
  }
}

/**
 * Erases the records of these prediction ids, and labels for them, from the closed segments of a directory, each rewritten
 * as a whole or not at all. Returns how many lines went.
 */
export async function eraseRecords(directory: string, ids: ReadonlySet<string>): Promise<number> {
  let erased = 0
  for (const path of await segmentsOf(directory)) {
    if (!path.endsWith(CLOSED)) continue
    const temporary = `${path}.erasing-${process.pid}`
    const file = await open(temporary, 'w', 0o600)
    let gone = 0
    try {
      for await (const { text, isTorn } of linesOf(path)) {
        const record = isTorn ? undefined : parseRecord(text)
        const id = record && ('feedback' in record ? record.feedback : record.id)
        if (id !== undefined && ids.has(id)) gone++
        else await file.write(isTorn ? text : `${text}\n`)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    if (gone > 0) await rename(temporary, path)
    else await rm(temporary)
    erased += gone
  }
  await syncDirectory(directory)
  return erased
}

/** A prediction or a label, or undefined for what is neither. */
export function parseRecord(line: string): PredictionRecord | FeedbackRecord | undefined {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isObject(json)) return undefined
  if (isText(json.feedback)) {
    const { feedback, time, label, result } = json
    const isLabel = isText(label) || Number.isFinite(label)
    return isLabel && isTime(time) && isText(result) ? ({ feedback, time, label, result } as FeedbackRecord) : undefined
  }
  const { id, time, model, version, sha256, trace, features, output, latency_us } = json
  const sound =
    [id, model, version, sha256].every(isText) &&
    isTime(time) &&
    (trace === undefined || isText(trace)) &&
    isObject(features) &&
    Object.values(features).every((value) => value === null || isText(value) || Number.isFinite(value)) &&
    isObject(output) &&
    (Number.isFinite(output.value) || (isText(output.class) && isShares(output.probabilities))) &&
    Number.isFinite(latency_us)
  return sound ? (json as unknown as PredictionRecord) : undefined
}

interface Line {
  readonly text: string
  /** No line end follows: the file was not finished. */
  readonly isTorn: boolean
}

async function* linesOf(path: string): AsyncGenerator<Line> {
  let rest = ''
  let skipping = false
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const text of lines) {
      yield { text: skipping || text.length > MOST_LINE ? '' : text, isTorn: false }
      skipping = false
    }
    if (rest.length <= MOST_LINE) continue
    rest = ''
    skipping = true
  }
  if (rest.length > 0 || skipping) yield { text: rest, isTorn: true }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTime(value: unknown): boolean {
  return isText(value) && !Number.isNaN(Date.parse(value))
}

function isShares(value: unknown): boolean {
  return Array.isArray(value) && value.every((share) => typeof share === 'number' && share >= 0 && share <= 1)
}
