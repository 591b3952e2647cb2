import { Unreachable } from './errors.ts'

/** Something that the service tells, asked for now and then; what it said last stays while it does not answer. */
export class Resource<T> {
  value: T | undefined
  /** Why the last answer is not there; an unreachable service is the connection's to tell. */
  error: Error | undefined
  readonly #load: (signal: AbortSignal) => Promise<T>
  readonly #onChange: () => void
  #abort: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #everyMs: number | undefined

  constructor(load: (signal: AbortSignal) => Promise<T>, onChange: () => void) {
    this.#load = load
    this.#onChange = onChange
  }

  /** Asks now; what was asked before and is not answered is given up. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer)
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    try {
      const value = await this.#load(abort.signal)
      if (abort.signal.aborted) return
      this.value = value
      this.error = undefined
    } catch (error) {
      if (abort.signal.aborted) return
      this.error = error instanceof Unreachable ? undefined : (error as Error)
      if (this.error !== undefined) this.value = undefined
    }
    this.#abort = undefined
    this.#onChange()
    this.#again()
  }

  /** Asks now, and again so many milliseconds after each answer. */
  every(ms: number): void {
    const first = this.#everyMs === undefined
    this.#everyMs = ms
    if (first) void this.refresh()
  }

  /** Asks no more; what is known stays. */
  pause(): void {
    this.#everyMs = undefined
    clearTimeout(this.#timer)
  }

  /** Forgets everything, as of another model. */
  reset(): void {
    this.#abort?.abort()
    this.#abort = undefined
    this.value = undefined
    this.error = undefined
    if (this.#everyMs !== undefined) void this.refresh()
  }

  #again(): void {
    if (this.#everyMs !== undefined) this.#timer = setTimeout(() => void this.refresh(), this.#everyMs)
  }
}
