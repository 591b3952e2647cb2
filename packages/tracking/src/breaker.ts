import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel'
import { isAway } from './answer.ts'
import { TrackingError } from './errors.ts'

/**
 * Lets calls to one server pass until one finds it away; then fails at once for `cooldownMs`, after which one call tries
 * again. So a dead server costs one time limit and not one a call.
 */
export class Breaker {
  readonly #location: string
  readonly #cooldownMs: number
  #policy: CircuitBreakerPolicy
  #reason: unknown
  #restsUntil = 0

  constructor(location: string, cooldownMs: number) {
    this.#location = location
    this.#cooldownMs = cooldownMs
    this.#policy = this.#closed()
  }

  /** Throws TRACKING_ERR_UNREACHABLE without calling `work` while the server is left alone. */
  async execute<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#policy.execute(work)
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) {
        if (isAway(error)) {
          this.#reason = error
          this.#restsUntil = performance.now() + this.#cooldownMs
        }
        throw error
      }
      throw new TrackingError(
        'TRACKING_ERR_UNREACHABLE',
        `The tracking server ${this.#location} was away a moment ago and is left alone for ${this.#cooldownMs} ms`,
        { cause: this.#reason },
      )
    }
  }

  /** Whether a call would fail at once. */
  get isOpen(): boolean {
    return performance.now() < this.#restsUntil
  }

  /** Lets calls pass again. */
  close(): void {
    this.#restsUntil = 0
    this.#policy = this.#closed()
  }

  #closed() {
    return circuitBreaker(handleWhen(isAway), {
      halfOpenAfter: this.#cooldownMs,
      breaker: new ConsecutiveBreaker(1),
    })
  }
}
