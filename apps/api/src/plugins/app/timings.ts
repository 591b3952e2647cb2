/** What takes a value, such as a histogram with its labels. */
export interface Observer {
  observe(value: number): void
}

/** Values that are held until they are asked for: keeping one costs a store, observing it a search and a sum. */
const BLOCK = 256

/** Durations of one series on their way to its observers. */
export class Timings {
  readonly #observers: readonly Observer[]
  readonly #values = new Float64Array(BLOCK)
  #count = 0

  constructor(observers: readonly Observer[]) {
    this.#observers = observers
  }

  add(seconds: number): void {
    this.#values[this.#count++] = seconds
    if (this.#count === BLOCK) this.flush()
  }

  flush(): void {
    for (const observer of this.#observers) {
      for (let i = 0; i < this.#count; i++) observer.observe(this.#values[i]!)
    }
    this.#count = 0
  }
}
