import { setTimeout } from 'node:timers/promises'
import { TrackingError } from './errors.ts'
import { checkNumber } from './guards.ts'
import type { ModelVersion, Registry } from './types.ts'

export interface WatchOptions {
  /** Milliseconds between two looks, each times 0.8 to 1.2 so that many watchers do not come at once. Default 10,000. */
  intervalMs?: number | undefined
  signal?: AbortSignal | undefined
  /** Told when a look failed because the server is away; the watch goes on. */
  onError?: ((error: TrackingError) => void) | undefined
  /** Told after each look that the registry answered. */
  onAnswer?: (() => void) | undefined
}

/**
 * Yields the version an alias points at now (undefined for none), and again each time that changes, until `signal` aborts.
 * One small request a look: MLflow's answers have no ETag to ask with. Throws what the registry throws, but for
 * TRACKING_ERR_UNREACHABLE.
 */
export async function* watchAlias(
  registry: Registry,
  name: string,
  alias: string,
  { intervalMs = 10_000, signal, onError = () => {}, onAnswer = () => {} }: WatchOptions = {},
): AsyncGenerator<ModelVersion | undefined> {
  checkNumber('intervalMs', intervalMs, 1)
  let last: string | undefined
  for (let first = true; !signal?.aborted; ) {
    const look = await registry.get(name, { alias }).then(
      (version) => ({ version }),
      (error: unknown) => {
        if (!(error instanceof TrackingError) || error.code !== 'TRACKING_ERR_UNREACHABLE') throw error
        onError(error)
        return undefined
      },
    )
    if (look) onAnswer()
    if (look && (first || look.version?.version !== last)) {
      first = false
      last = look.version?.version
      yield look.version
    }
    await setTimeout(intervalMs * (0.8 + 0.4 * Math.random()), undefined, signal && { signal }).catch(() => {})
  }
}
