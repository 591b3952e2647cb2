/** Seconds that are remembered. */
export const LIVE_SECONDS = 300
/** Seconds of one point of the series. */
export const LIVE_STEP = 5

/** Upper ends of the latency bins, in seconds: 50 us to 70 s in steps of 10 %, so that a quantile is that exact. */
const BINS = 150
const LEAST = 50e-6
const STEP = Math.log(1.1)

/** Counts of one second of one process. */
export interface LiveSecond {
  /** Seconds since 1970. */
  readonly second: number
  /** Inference requests that were answered with predictions, and those that were answered with an error. */
  readonly requests: number
  readonly errors: number
  /** Rows predicted. */
  readonly predictions: number
  /** [BINS] requests by latency, sparse: bin and count in turn. */
  readonly latencies: readonly number[]
}

/** One point of the series; quantiles are null where nothing was answered. */
export interface LivePoint {
  /** Milliseconds since 1970 at which the point begins. */
  readonly time: number
  readonly requestsPerSecond: number
  readonly errorsPerSecond: number
  readonly predictionsPerSecond: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** The traffic of the last minutes, of one process or summed over several, in fixed memory. */
export class Live {
  /** Slot of second s is s % LIVE_SECONDS. */
  readonly #seconds = new Float64Array(LIVE_SECONDS).fill(-1)
  readonly #requests = new Float64Array(LIVE_SECONDS)
  readonly #errors = new Float64Array(LIVE_SECONDS)
  readonly #predictions = new Float64Array(LIVE_SECONDS)
  readonly #latencies = new Uint32Array(LIVE_SECONDS * BINS)

  /** Counts a request that was answered with `rows` predictions after `seconds`; `now` is in milliseconds since 1970. */
  answered(now: number, rows: number, seconds: number): void {
    const slot = this.#slot(Math.floor(now / 1000))
    if (slot === -1) return
    this.#requests[slot]!++
    this.#predictions[slot]! += rows
    this.#latencies[slot * BINS + binOf(seconds)]!++
  }

  failed(now: number): void {
    const slot = this.#slot(Math.floor(now / 1000))
    if (slot !== -1) this.#errors[slot]!++
  }

  /** Adds a second of another process. */
  add({ second, requests, errors, predictions, latencies }: LiveSecond): void {
    const slot = this.#slot(second)
    if (slot === -1) return
    this.#requests[slot]! += requests
    this.#errors[slot]! += errors
    this.#predictions[slot]! += predictions
    for (let at = 0; at + 1 < latencies.length; at += 2)
      this.#latencies[slot * BINS + latencies[at]!]! += latencies[at + 1]!
  }

  /** The seconds of `from` up to but not `to` in which something was asked. */
  between(from: number, to: number): LiveSecond[] {
    const found: LiveSecond[] = []
    for (let second = Math.max(from, to - LIVE_SECONDS); second < to; second++) {
      const slot = second % LIVE_SECONDS
      if (this.#seconds[slot] !== second) continue
      const latencies: number[] = []
      for (let bin = 0; bin < BINS; bin++) {
        const count = this.#latencies[slot * BINS + bin]!
        if (count > 0) latencies.push(bin, count)
      }
      const [requests, errors, predictions] = [this.#requests, this.#errors, this.#predictions].map((of) => of[slot]!)
      found.push({ second, requests: requests!, errors: errors!, predictions: predictions!, latencies })
    }
    return found
  }

  /** The last minutes up to the last whole second before `now`, oldest first, in points of LIVE_STEP seconds. */
  series(now: number): LivePoint[] {
    const end = Math.floor(now / 1000 / LIVE_STEP) * LIVE_STEP
    return Array.from({ length: LIVE_SECONDS / LIVE_STEP - 1 }, (_, index) =>
      this.#point(end - LIVE_SECONDS + (index + 1) * LIVE_STEP, LIVE_STEP),
    )
  }

  /** The last LIVE_STEP whole seconds as one point. */
  latest(now: number): LivePoint {
    return this.#point(Math.floor(now / 1000) - LIVE_STEP, LIVE_STEP)
  }

  #point(from: number, length: number): LivePoint {
    const sum = { requests: 0, errors: 0, predictions: 0 }
    const latencies = new Float64Array(BINS)
    for (let second = from; second < from + length; second++) {
      const slot = ((second % LIVE_SECONDS) + LIVE_SECONDS) % LIVE_SECONDS
      if (this.#seconds[slot] !== second) continue
      sum.requests += this.#requests[slot]!
      sum.errors += this.#errors[slot]!
      sum.predictions += this.#predictions[slot]!
      for (let bin = 0; bin < BINS; bin++) latencies[bin]! += this.#latencies[slot * BINS + bin]!
    }
    return {
      time: from * 1000,
      requestsPerSecond: sum.requests / length,
      errorsPerSecond: sum.errors / length,
      predictionsPerSecond: sum.predictions / length,
      p50: quantile(latencies, sum.requests, 0.5),
      p95: quantile(latencies, sum.requests, 0.95),
      p99: quantile(latencies, sum.requests, 0.99),
    }
  }

  /** The slot of a second, emptied when it was another's; -1 for one that is already forgotten. */
  #slot(second: number): number {
    const slot = second % LIVE_SECONDS
    const held = this.#seconds[slot]!
    if (held === second) return slot
    if (held > second) return -1
    this.#seconds[slot] = second
    this.#requests[slot] = this.#errors[slot] = this.#predictions[slot] = 0
    this.#latencies.fill(0, slot * BINS, (slot + 1) * BINS)
    return slot
  }
}

function binOf(seconds: number): number {
  if (!(seconds > LEAST)) return 0
  return Math.min(BINS - 1, Math.ceil(Math.log(seconds / LEAST) / STEP))
}

/** The upper end of the bin in which the quantile lies. */
function quantile(bins: Float64Array, count: number, share: number): number | null {
  if (count === 0) return null
  let left = count * share
  for (let bin = 0; bin < BINS; bin++) {
    left -= bins[bin]!
    if (left <= 0) return Number((LEAST * Math.exp(bin * STEP)).toPrecision(3))
  }
  return Number((LEAST * Math.exp((BINS - 1) * STEP)).toPrecision(3))
}
