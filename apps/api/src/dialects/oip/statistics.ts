import type { ServedModel } from '../../model/served.ts'

/** Batch sizes that are told apart; what comes after them is only in the sums. */
const MAX_BATCH_SIZES = 100

/** A count and the nanoseconds that it took in all. */
export interface Duration {
  count: number
  ns: number
}

/** The parts of an inference, as they are shown. */
export interface Parts {
  readonly compute_input: Duration
  readonly compute_infer: Duration
  readonly compute_output: Duration
}

/** One element of `model_stats`. */
export interface ModelStats {
  readonly name: string
  readonly version: string
  /** Milliseconds since 1970; 0 when there was none. */
  readonly last_inference: number
  /** Rows. */
  readonly inference_count: number
  /** Requests. */
  readonly execution_count: number
  readonly inference_stats: Parts & {
    readonly success: Duration
    readonly fail: Duration
    readonly queue: Duration
    readonly cache_hit: Duration
    readonly cache_miss: Duration
  }
  readonly batch_stats: readonly (Parts & { readonly batch_size: number })[]
}

/** When the parts of one request were done, in the milliseconds of `performance.now()`. */
export interface Marks {
  /** The head of the request was there. */
  readonly arrived: number
  /** Its body was there and its turn had come. */
  readonly started: number
  /** Its rows were in the model's tensor. */
  readonly read: number
  /** The model had answered. */
  readonly predicted: number
  /** The answer was written. */
  readonly written: number
}

/** What the inference requests to one model took, since it was loaded. */
export class ModelStatistics {
  lastInference = 0
  inferences = 0
  readonly #success = none()
  readonly #fail = none()
  readonly #queue = none()
  readonly #parts = parts()
  readonly #batches = new Map<number, ReturnType<typeof parts>>()

  succeeded(rows: number, marks: Marks): void {
    const { arrived, started, read, predicted, written } = marks
    this.lastInference = Date.now()
    this.inferences += rows
    add(this.#success, written - arrived)
    add(this.#queue, started - arrived)
    addParts(this.#parts, started, read, predicted, written)
    const batch = this.#batch(rows)
    if (batch !== undefined) addParts(batch, started, read, predicted, written)
  }

  failed(arrived: number, ended: number): void {
    add(this.#fail, ended - arrived)
  }

  #batch(rows: number) {
    let batch = this.#batches.get(rows)
    if (batch === undefined && this.#batches.size < MAX_BATCH_SIZES) {
      batch = parts()
      this.#batches.set(rows, batch)
    }
    return batch
  }

  show({ name, version }: ServedModel): ModelStats {
    return {
      name,
      version,
      last_inference: this.lastInference,
      inference_count: this.inferences,
      execution_count: this.#success.count,
      inference_stats: {
        success: shown(this.#success),
        fail: shown(this.#fail),
        queue: shown(this.#queue),
        ...shownParts(this.#parts),
        cache_hit: none(),
        cache_miss: none(),
      },
      batch_stats: Array.from(this.#batches, ([batch_size, batch]) => ({ batch_size, ...shownParts(batch) })),
    }
  }
}

function none(): Duration {
  return { count: 0, ns: 0 }
}

function parts() {
  return { input: none(), infer: none(), output: none() }
}

function add(duration: Duration, ms: number): void {
  duration.count++
  duration.ns += ms * 1e6
}

function addParts(
  { input, infer, output }: ReturnType<typeof parts>,
  started: number,
  read: number,
  predicted: number,
  written: number,
): void {
  add(input, read - started)
  add(infer, predicted - read)
  add(output, written - predicted)
}

function shown({ count, ns }: Duration): Duration {
  return { count, ns: Math.round(ns) }
}

function shownParts({ input, infer, output }: ReturnType<typeof parts>): Parts {
  return { compute_input: shown(input), compute_infer: shown(infer), compute_output: shown(output) }
}
