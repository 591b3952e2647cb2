import { MonitoringError } from '../errors.ts'
import type { Segment, SegmentSink } from './segment-sink.ts'

export interface LogOptions {
  /** Share of predictions that are logged, in [0, 1]; the same id is in or out in every process. */
  readonly sample?: number
  /** Bytes that may wait to be written; beyond, lines are dropped and counted. */
  readonly queueBytes?: number
  /** Milliseconds that a line may wait for others to be written with. */
  readonly flushMs?: number
  /** A segment of more bytes is closed. */
  readonly segmentBytes?: number
  /** A segment older than this many milliseconds is closed. */
  readonly segmentMs?: number
  /** `never`, when a segment is closed, or also at the first write after so many milliseconds. */
  readonly sync?: 'never' | 'close' | number
  /** Told once when writing begins to fail, and again after it has worked in between. */
  readonly onError?: (error: unknown) => void
}

export const LOG_DEFAULTS = {
  sample: 1,
  queueBytes: 8 << 20,
  flushMs: 100,
  segmentBytes: 64 << 20,
  segmentMs: 3_600_000,
  sync: 1000 as 'never' | 'close' | number,
} as const

/** What became of the lines, since the log was made. */
export interface LogCounts {
  readonly written: number
  /** For want of room in the queue, or because writing failed. */
  readonly dropped: number
  readonly sampledOut: number
  readonly bytes: number
  readonly segments: number
  /** Lines that wait. */
  readonly queued: number
}

/** Bytes that are gathered to be written at a time. */
const CHUNK = 1 << 18
/** Chunks that are kept for later. */
const KEPT = 4

/** Lines that are written at a time. */
interface Chunk {
  readonly bytes: Uint8Array
  length: number
  count: number
}

/**
 * Lines on their way to a sink: `write` puts one into a bounded queue and returns, the rest happens between other work. It
 * never throws, never waits, and never holds the process open.
 */
export class PredictionLog {
  readonly #sink: SegmentSink
  readonly #options: Required<Omit<LogOptions, 'onError'>>
  readonly #onError: ((error: unknown) => void) | undefined
  /** Each but the last is full. */
  #queue: Chunk[] = []
  /** Written ones, for those to come. */
  readonly #free: Chunk[] = []
  #queuedBytes = 0
  #waiting = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  #segment: { readonly of: Segment; bytes: number; readonly openedAt: number } | undefined
  #lastName = ''
  #syncedAt = 0
  #failing = false
  #closed = false
  #written = 0
  #dropped = 0
  #sampledOut = 0
  #bytes = 0
  #segments = 0

  /** @throws MonitoringError MONITORING_ERR_OPTION */
  constructor(sink: SegmentSink, options: LogOptions = {}) {
    const { onError, ...given } = options
    this.#sink = sink
    this.#options = { ...LOG_DEFAULTS, ...given }
    this.#onError = onError
    const { sample, queueBytes, flushMs, segmentBytes, segmentMs, sync } = this.#options
    const positive = [queueBytes, flushMs, segmentBytes, segmentMs, typeof sync === 'number' ? sync : 1]
    if (!(sample >= 0 && sample <= 1) || !positive.every((value) => value > 0)) {
      throw new MonitoringError(
        'MONITORING_ERR_OPTION',
        'A log needs a sample within 0 and 1, and sizes and times above 0.',
      )
    }
  }

  /** Whether a prediction is to be logged; where not, it is counted and needs no line. */
  takes(id: string): boolean {
    const { sample } = this.#options
    if (isSampled(id, sample)) return true
    this.#sampledOut++
    return false
  }

  /**
   * Queues a copy of whole lines with their ends, such as `RecordLines` makes; `count` is their number. False when they are
   * dropped.
   */
  write(lines: Uint8Array | string, count = 1): boolean {
    const bytes = typeof lines === 'string' ? Buffer.from(lines) : lines
    if (this.#closed || this.#queuedBytes + bytes.length > this.#options.queueBytes) {
      this.#dropped += count
      return false
    }
    const chunk = this.#chunkFor(bytes.length)
    chunk.bytes.set(bytes, chunk.length)
    chunk.length += bytes.length
    chunk.count += count
    this.#queuedBytes += bytes.length
    this.#waiting += count
    if (this.#timer === undefined && this.#flushing === undefined) this.#schedule()
    return true
  }

  /** Counts lines as dropped that there was no time to make. */
  drop(count: number): void {
    this.#dropped += count
  }

  get counts(): LogCounts {
    return {
      written: this.#written,
      dropped: this.#dropped,
      sampledOut: this.#sampledOut,
      bytes: this.#bytes,
      segments: this.#segments,
      queued: this.#waiting,
    }
  }

  /** Writes what waits; closes the segment if it is time. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing ??= this.#drain().finally(() => {
      this.#flushing = undefined
      if (this.#queue.length > 0 && !this.#closed) this.#schedule()
    })
    await this.#flushing
  }

  /** Writes what waits and closes the segment; lines written later are dropped. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#flushing
    await this.flush()
    this.#dropped += this.#waiting
    this.#waiting = 0
    this.#queue = []
    await this.#end().catch((error) => this.#fail(error))
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.flush(), this.#options.flushMs).unref()
  }

  /** The last of the queue, or a new last one. */
  #chunkFor(length: number): Chunk {
    const last = this.#queue.at(-1)
    if (last !== undefined && last.length + length <= last.bytes.length) return last
    const known = length <= CHUNK ? this.#free.pop() : undefined
    const chunk = known ?? { bytes: new Uint8Array(Math.max(length, CHUNK)), length: 0, count: 0 }
    this.#queue.push(chunk)
    return chunk
  }

  #recycle(chunk: Chunk): void {
    chunk.length = chunk.count = 0
    if (this.#free.length < KEPT && chunk.bytes.length === CHUNK) this.#free.push(chunk)
  }

  async #drain(): Promise<void> {
    for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
      const { bytes, length, count } = chunk
      this.#queuedBytes -= length
      this.#waiting -= count
      try {
        await this.#put(bytes.subarray(0, length))
        this.#written += count
        this.#failing = false
      } catch (error) {
        this.#dropped += count
        this.#fail(error)
        await this.#abandon()
        return
      } finally {
        this.#recycle(chunk)
      }
    }
    await this.#rotate().catch((error) => this.#fail(error))
  }

  async #put(bytes: Uint8Array): Promise<void> {
    await this.#rotate()
    this.#segment ??= await this.#begin()
    await this.#segment.of.write(bytes)
    this.#segment.bytes += bytes.length
    this.#bytes += bytes.length
    const { sync } = this.#options
    const now = Date.now()
    if (typeof sync === 'number' && now - this.#syncedAt >= sync) {
      await this.#segment.of.sync()
      this.#syncedAt = now
    }
  }

  /** Names are times, and go on where two fall into one millisecond. */
  async #begin() {
    const openedAt = Date.now()
    let name = new Date(openedAt).toISOString().replaceAll(/[-:.]/g, '')
    if (name <= this.#lastName) name = `${this.#lastName}0`
    this.#lastName = name
    this.#segments++
    return { of: await this.#sink.open(`predictions-${name}`), bytes: 0, openedAt }
  }

  async #rotate(): Promise<void> {
    const segment = this.#segment
    if (!segment) return
    const { segmentBytes, segmentMs } = this.#options
    if (segment.bytes >= segmentBytes || Date.now() - segment.openedAt >= segmentMs) await this.#end()
  }

  async #end(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    if (!segment) return
    if (this.#options.sync !== 'never') await segment.of.sync()
    await segment.of.close()
  }

  /** After a failure the segment may end within a line; the next lines begin another. */
  async #abandon(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    await segment?.of.close().catch(() => {})
  }

  #fail(error: unknown): void {
    if (!this.#failing) this.#onError?.(error)
    this.#failing = true
  }
}

/** Whether a prediction is in a sample of this share: the same answer in every process. */
export function isSampled(id: string, share: number): boolean {
  return share === 1 || hashOf(id) < share * 2 ** 32
}

/** FNV-1a of the UTF-16 code units, 32 bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  // The low bits of FNV are good, its high bits of similar ids are not.
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ (hash >>> 13)) >>> 0
}
