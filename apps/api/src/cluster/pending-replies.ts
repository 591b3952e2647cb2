import { ApiError } from '../errors.ts'

/** A primary that takes longer hangs. */
const PATIENCE_MS = 5000

/** Questions to the primary that wait for its reply. */
export class PendingReplies<T> {
  readonly #patienceMs: number
  readonly #waiting = new Map<number, (reply: T) => void>()
  #asked = 0

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs
  }

  /** Asks by `tell`, which has to pass the id on. @throws ApiError when no reply comes in time */
  ask(tell: (id: number) => void): Promise<T> {
    const id = ++this.#asked
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new ApiError('API_ERR_INTERNAL', 'The primary process did not answer.'))
      }, this.#patienceMs)
      this.#waiting.set(id, (reply) => {
        clearTimeout(late)
        resolve(reply)
      })
      tell(id)
    })
  }

  /** The reply has come; one that nobody waits for any more is dropped. */
  settle(id: number, reply: T): void {
    this.#waiting.get(id)?.(reply)
    this.#waiting.delete(id)
  }
}
