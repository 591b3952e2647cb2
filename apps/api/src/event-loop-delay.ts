/** Often enough to see an overload that lasts, seldom enough to cost nothing. */
const LOOK_MS = 50

/** How late the event loop is. Not the mean that Node's own histogram gives: that one still tells of an overload long after. */
export class EventLoopDelay {
  /** Milliseconds by which the last look was late. */
  ms = 0
  #expected = performance.now() + LOOK_MS
  readonly #timer = setInterval(() => this.#look(), LOOK_MS).unref()

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = performance.now()
    this.ms = Math.max(now - this.#expected, 0)
    this.#expected = now + LOOK_MS
  }
}
