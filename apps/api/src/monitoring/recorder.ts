import type { Forest } from '@copse/model'
import { Counter, Layout, type Lines } from '@copse/monitoring'
import type { Batch, Predictions } from './batch.ts'
import { Block, type Seen } from './block.ts'
import { keyOf, type ModelFacts } from './facts.ts'
import { idOfRow, type LogSelection, RecordWriter } from './record-writer.ts'
import { type Segment, SegmentReader } from './segments.ts'
import { Signals } from './signals.ts'

/** Bytes of rows that a block holds, within the bounds of `blockRows`. */
const BLOCK_BYTES = 1 << 17
/** How long a row may wait for company. */
const DRAIN_MS = 100
/** Rows that are worked off at a time, so that no request waits long: about .3 ms. */
const SLICE = 128
/** Rows that wait for longer than the process has time are counted at once, and neither logged nor remembered. */
const MOST_BYTES = 16 << 20
/** Bytes of blocks that are kept for later: made anew each time, they would wait for the collector by the hundred. */
const KEPT_BYTES = 2 << 20

const NONE: Predictions = {
  ids: [],
  times: new Float64Array(0),
  outputs: new Float64Array(0),
  classIds: new Uint16Array(0),
  tags: new Uint32Array(0),
}

const NO_LINES: Lines = { bytes: new Uint8Array(0), count: 0 }

export interface RecorderOptions {
  /** Lines are made for the prediction log. */
  readonly log?: LogSelection | undefined
  readonly segments?: readonly Segment[]
}

/**
 * What is kept of the requests of one model version between them: a request only copies its rows, and the counting,
 * measuring and remembering happens in slices between requests.
 */
export class Recorder {
  readonly facts: ModelFacts
  readonly #key: string
  readonly #give: (batch: Batch) => void
  readonly #counter: Counter
  readonly #cells: Float64Array
  readonly #times = new Float64Array(SLICE)
  readonly #tags = new Uint32Array(SLICE)
  readonly #signals: Signals
  readonly #records: RecordWriter | undefined
  readonly #segments: SegmentReader
  readonly #features: number
  readonly #width: number
  readonly #rowBytes: number
  readonly #free: Block[] = []
  readonly #full: Block[] = []
  #open: Block
  /** Rows of `#full[0]` that are worked off. */
  #done = 0
  #pendingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #next: NodeJS.Immediate | undefined

  constructor(facts: ModelFacts, forest: Forest, give: (batch: Batch) => void, options: RecorderOptions = {}) {
    const layout = new Layout(facts.reference)
    this.facts = facts
    this.#key = keyOf(facts)
    this.#give = give
    this.#counter = new Counter(layout)
    this.#cells = new Float64Array(layout.cells)
    this.#features = layout.features
    this.#width = layout.outputs
    this.#rowBytes = 4 * layout.features + 8 * layout.outputs + 48
    const { log, segments = [] } = options
    this.#records = log && new RecordWriter(facts, log)
    this.#segments = new SegmentReader(segments, facts.signature)
    this.#signals = new Signals(forest, layout, SLICE)
    this.#open = this.#block()
  }

  /** The segments that a request's headers decide. */
  tagOf(headers: Parameters<SegmentReader['ofHeaders']>[0]): number {
    return this.#segments.ofHeaders(headers)
  }

  /** Keeps a copy of one answered request; costs the copy and nothing else. */
  add(seen: Seen): void {
    if (!this.#open.add(seen)) this.#addFull(seen)
    this.#timer ??= setTimeout(() => this.#drainSoon(), DRAIN_MS).unref()
  }

  /** Works off everything now. */
  drain(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#next)
    this.#timer = this.#next = undefined
    this.#seal()
    while (this.#full.length > 0) this.#workOff()
  }

  /** The open block has no room. */
  #addFull(seen: Seen): void {
    if (this.#pendingBytes + seen.rows * this.#rowBytes > MOST_BYTES) {
      this.#countOnly(seen)
      return
    }
    this.#seal()
    if (seen.rows > this.#open.capacity) {
      const own = new Block(seen.rows, this.#features, this.#width)
      own.add(seen)
      this.#push(own)
    } else this.#open.add(seen)
    this.#next ??= setImmediate(() => this.#drainNext())
  }

  #drainSoon(): void {
    this.#timer = undefined
    this.#seal()
    this.#next ??= setImmediate(() => this.#drainNext())
  }

  #drainNext(): void {
    this.#next = undefined
    this.#workOff()
    if (this.#full.length > 0) this.#next = setImmediate(() => this.#drainNext())
  }

  #seal(): void {
    if (this.#open.rows === 0) return
    this.#push(this.#open)
    this.#open = this.#free.pop() ?? this.#block()
  }

  #push(block: Block): void {
    this.#full.push(block)
    this.#pendingBytes += block.rows * this.#rowBytes
  }

  /** Works off the next slice of what is full. */
  #workOff(): void {
    const block = this.#full[0]
    if (block === undefined) return
    const from = this.#done
    const to = Math.min(block.rows, from + SLICE)
    this.#give(this.#batch(block, from, to))
    this.#cells.fill(0)
    this.#done = to
    if (to < block.rows) return
    this.#full.shift()
    this.#done = 0
    this.#pendingBytes -= block.rows * this.#rowBytes
    block.clear()
    const kept = (this.#free.length + 1) * block.capacity * this.#rowBytes
    if (kept <= KEPT_BYTES && block.capacity === this.#open.capacity) this.#free.push(block)
  }

  #batch(block: Block, from: number, to: number): Batch {
    const rows = to - from
    const input = block.input.subarray(from * this.#features, to * this.#features)
    const outputs = block.outputs.subarray(from * this.#width, to * this.#width)
    const classIds = block.classIds.subarray(from, to)
    this.#signals.count(this.#counter, this.#cells, input, { rows, outputs, classIds })
    const ids = new Array<string>(rows)
    const times = this.#times.subarray(0, rows)
    const tags = this.#tags.subarray(0, rows)
    for (let request = block.requestOf(from), row = from; row < to; request++) {
      const start = block.starts[request]!
      const end = request + 1 < block.requests ? block.starts[request + 1]! : block.rows
      const single = end - start === 1
      const id = block.ids[request]!
      const time = block.times[request]!
      const latencyUs = block.latencies[request]!
      const trace = block.traces[request]
      for (; row < end && row < to; row++) {
        const own = single ? id : idOfRow(id, row - start)
        ids[row - from] = own
        times[row - from] = time
        tags[row - from] = block.tags[request]! + this.#segments.ofRow(block.input, row * this.#features)
        this.#records?.add({ id: own, time, latencyUs, trace }, block, row)
      }
    }
    const predictions = { ids, times, outputs, classIds, tags }
    const lines = this.#records?.take() ?? NO_LINES
    return { key: this.#key, time: Date.now(), cells: this.#cells, predictions, lines, unlogged: 0 }
  }

  #countOnly({ id, rows, input, outputs, classIds, time }: Seen): void {
    const cells = new Float64Array(this.#cells.length)
    this.#counter.add(cells, input, { rows, outputs, classIds })
    const unlogged = this.#records?.countSampled(id, rows) ?? 0
    this.#give({ key: this.#key, time, cells, predictions: NONE, lines: NO_LINES, unlogged })
  }

  #block(): Block {
    const rows = Math.min(1024, Math.max(16, Math.floor(BLOCK_BYTES / this.#rowBytes)))
    return new Block(rows, this.#features, this.#width)
  }
}
