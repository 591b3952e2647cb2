/**
 * At most `perSecond` requests a second for each name, with bursts of one second's worth (at least one): the generic cell
 * rate algorithm, one number a name. Names are those of keys, so there are as many as keys.
 */
export class RateLimit {
  readonly #intervalMs: number
  readonly #burstMs: number
  /** Time at which the name's bucket is full again. */
  readonly #full = new Map<string, number>()

  /** `perSecond` > 0. */
  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond
    this.#burstMs = Math.max(1000, this.#intervalMs)
  }

  /** Milliseconds to wait before this request may come; 0 = it may, and counts. `now` never goes back. */
  take(name: string, now: number): number {
    const next = Math.max(this.#full.get(name) ?? 0, now) + this.#intervalMs
    const early = next - now - this.#burstMs
    // A burst of whole intervals must not fail by a rounding error.
    if (early > 1e-6) return early
    this.#full.set(name, next)
    return 0
  }
}
