import { OneAtATime } from '../one-at-a-time.ts'

/** A process that takes longer to hand over what it predicted hangs, and is not waited for. */
const PATIENCE_MS = 1000

/** Has all processes hand over what they predicted, which they else do a moment later; one round at a time. */
export class HandOvers {
  readonly #ask: (round: number) => Iterable<number>
  readonly #patienceMs: number
  /** Processes of the running round that have not handed over. */
  #waiting = new Set<number>()
  #round = 0
  #end: () => void = () => {}
  readonly #rounds = new OneAtATime(() => this.#handOver())

  /** `ask` asks every process, and answers their ids. */
  constructor(ask: (round: number) => Iterable<number>, patienceMs = PATIENCE_MS) {
    this.#ask = ask
    this.#patienceMs = patienceMs
  }

  /** Returns when every process has handed over what it predicted before this call, has ended, or hangs. */
  all(): Promise<void> {
    return this.#rounds.run()
  }

  /** The process has handed over in this round, or in one that nobody waits for any more. */
  done(process: number, round: number): void {
    if (round === this.#round) this.gone(process)
  }

  /** The process has ended. */
  gone(process: number): void {
    if (this.#waiting.delete(process) && this.#waiting.size === 0) this.#end()
  }

  #handOver(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, this.#patienceMs)
      this.#end = () => {
        clearTimeout(late)
        resolve()
      }
      this.#waiting = new Set(this.#ask(++this.#round))
      if (this.#waiting.size === 0) this.#end()
    })
  }
}
