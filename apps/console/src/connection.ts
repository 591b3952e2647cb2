const LEAST_MS = 1000
const MOST_MS = 15_000

/**
 * Whether the service answers. While it does not, `probe` is called again and again, at longer and longer intervals; it tells by
 * `reached` or `lost` how it went.
 */
export class Connection {
  up = true
  /** Milliseconds since 1970 of the next try. */
  nextAt = 0
  readonly #probe: () => void
  readonly #onChange: (came: 'back' | undefined) => void
  #waitMs = LEAST_MS
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(probe: () => void, onChange: (came: 'back' | undefined) => void) {
    this.#probe = probe
    this.#onChange = onChange
  }

  reached(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waitMs = LEAST_MS
    if (this.up) return
    this.up = true
    this.#onChange('back')
  }

  lost(): void {
    if (this.#timer !== undefined) return
    this.up = false
    // Pages that lost the same service must not all ask at the same moment.
    const wait = this.#waitMs * (0.75 + Math.random() / 2)
    this.#waitMs = Math.min(this.#waitMs * 2, MOST_MS)
    this.nextAt = Date.now() + wait
    this.#timer = setTimeout(() => this.tryNow(), wait)
    this.#onChange(undefined)
  }

  tryNow(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#probe()
  }
}
