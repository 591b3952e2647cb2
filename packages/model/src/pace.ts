import { ModelError } from './errors.ts'

/** Longest run of work on the calling thread before it is let go, and time between two reports. */
const SLICE_MS = 10
const REPORT_MS = 250

/** How far training is. */
export interface Progress {
  readonly treesDone: number
  readonly trees: number
  /** Estimate of the seconds left; undefined until the first tree is done. */
  readonly secondsLeft: number | undefined
}

/** Keeps a long computation from holding its thread: lets it go, reports, and stops when asked to. */
export class Pace {
  #treesDone = 0
  readonly #trees: number
  readonly #onProgress: ((progress: Progress) => void) | undefined
  readonly #signal: AbortSignal | undefined
  #growingSince = 0
  #lastDone = 0
  #sliceEnd = performance.now() + SLICE_MS
  #reportAt = 0

  constructor(trees: number, onProgress: ((progress: Progress) => void) | undefined, signal: AbortSignal | undefined) {
    this.#trees = trees
    this.#onProgress = onProgress
    this.#signal = signal
  }

  /** Runs work that pauses often to its end. */
  async run<T>(work: Generator<void, T>): Promise<T> {
    for (;;) {
      const { done, value } = work.next()
      if (done) return value as T
      const now = performance.now()
      if (now < this.#sliceEnd) continue
      if (now >= this.#reportAt) this.report()
      await letGo()
      this.check()
      this.#sliceEnd = performance.now() + SLICE_MS
    }
  }

  /** Starts the clock that the time left is foreseen by. */
  startGrowing(): void {
    this.#growingSince = performance.now()
  }

  countTree(): void {
    this.#treesDone++
    this.#lastDone = performance.now()
  }

  /**
   * Reports and looks at the signal while other threads work.
   *
   * @param fail called with what a report throws, or with MODEL_ERR_ABORTED.
   * @returns what ends it.
   */
  watch(fail: (error: unknown) => void): () => void {
    const attempt = (act: () => void) => {
      try {
        act()
      } catch (error) {
        fail(error)
      }
    }
    const onAbort = () => attempt(() => this.check())
    const timer = setInterval(() => attempt(() => this.report()), REPORT_MS)
    this.#signal?.addEventListener('abort', onAbort)
    onAbort()
    return () => {
      clearInterval(timer)
      this.#signal?.removeEventListener('abort', onAbort)
    }
  }

  report(): void {
    const now = performance.now()
    this.#reportAt = now + REPORT_MS
    const treesDone = this.#treesDone
    const trees = this.#trees
    // The time since the last tree was done went into trees that are not counted yet.
    const foreseen = ((this.#lastDone - this.#growingSince) / treesDone) * (trees - treesDone) - (now - this.#lastDone)
    const secondsLeft = treesDone === 0 ? undefined : treesDone === trees ? 0 : Math.max(0, foreseen / 1000)
    this.#onProgress?.({ treesDone, trees, secondsLeft })
  }

  /** @throws ModelError MODEL_ERR_ABORTED when the signal says so. */
  check(): void {
    if (this.#signal?.aborted) {
      throw new ModelError('MODEL_ERR_ABORTED', 'Training was aborted by its signal.', { cause: this.#signal.reason })
    }
  }
}

function letGo(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}
