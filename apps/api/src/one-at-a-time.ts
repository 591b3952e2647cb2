/**
 * Runs one task, never twice at a time: calls made meanwhile share the run that starts after it, so each caller gets a run
 * that began after its call.
 */
export class OneAtATime<T> {
  readonly #task: () => Promise<T>
  readonly #onEnd: (result: T) => void
  #running: Promise<T> | undefined
  #next: Promise<T> | undefined

  /** `task` never rejects; `onEnd` hears of each result before the callers do, when the run is over. */
  constructor(task: () => Promise<T>, onEnd: (result: T) => void = () => {}) {
    this.#task = task
    this.#onEnd = onEnd
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  run(): Promise<T> {
    if (this.#running === undefined) return this.#start()
    this.#next ??= this.#running.then(() => this.#start())
    return this.#next
  }

  /** Returns when nothing runs, and nothing is to run next. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await (this.#next ?? this.#running)
  }

  #start(): Promise<T> {
    this.#next = undefined
    this.#running = this.#task().then((result) => {
      this.#running = undefined
      this.#onEnd(result)
      return result
    })
    return this.#running
  }
}
