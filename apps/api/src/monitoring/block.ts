/** One answered request, of which a block keeps a copy. */
export interface Seen {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** From the head of the request to its prediction. */
  readonly latencyUs: number
  /** Trace id of the request. */
  readonly trace?: string | undefined
  /** Segments that its headers decide, as `SegmentReader` tells them. */
  readonly tag: number
  readonly rows: number
  /** [rows * features] and [rows * outputs], row-major; `classIds` is empty for a model of numbers. */
  readonly input: Float32Array
  readonly outputs: Float64Array
  readonly classIds: Uint16Array
}

/** Copies of answered requests in arrays made once: keeping one allocates nothing. */
export class Block {
  readonly capacity: number
  /** By row. */
  readonly input: Float32Array
  readonly outputs: Float64Array
  readonly classIds: Uint16Array
  /** By request; a request of several rows has as many in a row from `starts` on. */
  readonly ids: string[]
  readonly traces: (string | undefined)[]
  readonly times: Float64Array
  readonly latencies: Float64Array
  readonly starts: Uint32Array
  readonly tags: Uint32Array
  rows = 0
  requests = 0
  readonly #features: number
  readonly #width: number

  constructor(capacity: number, features: number, width: number) {
    this.capacity = capacity
    this.#features = features
    this.#width = width
    this.input = new Float32Array(capacity * features)
    this.outputs = new Float64Array(capacity * width)
    this.classIds = new Uint16Array(capacity)
    this.ids = new Array<string>(capacity).fill('')
    this.traces = new Array<string | undefined>(capacity).fill(undefined)
    this.times = new Float64Array(capacity)
    this.latencies = new Float64Array(capacity)
    this.starts = new Uint32Array(capacity)
    this.tags = new Uint32Array(capacity)
  }

  /** False when there is no room for its rows. */
  add(seen: Seen): boolean {
    const { rows, input, outputs, classIds } = seen
    const at = this.rows
    if (at + rows > this.capacity) return false
    copy(this.input, input, at * this.#features, rows * this.#features)
    copy(this.outputs, outputs, at * this.#width, rows * this.#width)
    copy(this.classIds, classIds, at, classIds.length)
    const request = this.requests++
    this.ids[request] = seen.id
    this.traces[request] = seen.trace
    this.times[request] = seen.time
    this.latencies[request] = seen.latencyUs
    this.starts[request] = at
    this.tags[request] = seen.tag
    this.rows = at + rows
    return true
  }

  /** The request that a row is of. */
  requestOf(row: number): number {
    let low = 0
    let high = this.requests - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.starts[middle]! <= row) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Lets go of the ids: those of an old block would else be moved into the old generation, one a request. */
  clear(): void {
    this.ids.fill('', 0, this.requests)
    this.traces.fill(undefined, 0, this.requests)
    this.rows = 0
    this.requests = 0
  }
}

type Numbers = Float32Array | Float64Array | Uint16Array

/** `set` of a typed array costs a call into the runtime, which a row of few values does not repay. */
function copy(to: Numbers, from: Numbers, start: number, length: number): void {
  if (length > 64) to.set(from.length === length ? from : from.subarray(0, length), start)
  else for (let i = 0; i < length; i++) to[start + i] = from[i]!
}
