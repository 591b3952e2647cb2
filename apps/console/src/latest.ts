/**
 * Answers the newest of many questions: one is under way at a time, of those that come meanwhile only the last is asked next,
 * and one that takes longer than `patienceMs` is given up as soon as there is a newer one. So what is shown moves with a slider
 * on a slow line too, and an old answer never follows a newer one.
 */
export class Latest<Q, A> {
  readonly #ask: (question: Q, signal: AbortSignal) => Promise<A>
  readonly #onAnswer: (answer: A, question: Q) => void
  readonly #onError: (error: unknown, question: Q) => void
  readonly #patienceMs: number
  #waiting: { readonly question: Q } | undefined
  #abort: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #late = false

  constructor(
    ask: (question: Q, signal: AbortSignal) => Promise<A>,
    onAnswer: (answer: A, question: Q) => void,
    onError: (error: unknown, question: Q) => void,
    patienceMs = 1000,
  ) {
    this.#ask = ask
    this.#onAnswer = onAnswer
    this.#onError = onError
    this.#patienceMs = patienceMs
  }

  /** Whether a question has no answer yet. */
  get busy(): boolean {
    return this.#abort !== undefined
  }

  ask(question: Q): void {
    this.#waiting = { question }
    if (this.#abort === undefined) void this.#next()
    else if (this.#late) this.#abort.abort()
  }

  /** Gives up what is under way and what waits. */
  cancel(): void {
    this.#waiting = undefined
    this.#abort?.abort()
  }

  async #next(): Promise<void> {
    while (this.#waiting !== undefined) {
      const { question } = this.#waiting
      this.#waiting = undefined
      this.#late = false
      const abort = new AbortController()
      this.#abort = abort
      this.#timer = setTimeout(() => {
        this.#late = true
        if (this.#waiting !== undefined) abort.abort()
      }, this.#patienceMs)
      let deliver: (() => void) | undefined
      try {
        const answer = await this.#ask(question, abort.signal)
        deliver = () => this.#onAnswer(answer, question)
      } catch (error) {
        deliver = () => this.#onError(error, question)
      }
      clearTimeout(this.#timer)
      this.#abort = undefined
      if (!abort.signal.aborted) deliver()
    }
  }
}
