import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelSlot, Reload } from './slot.ts'

export interface FollowOptions {
  /** Milliseconds within which a move of the alias is seen. */
  readonly intervalMs: number
  readonly signal: AbortSignal
  /** Told when a look at the registry failed, and with undefined when one succeeded. */
  readonly onLook: (error: Error | undefined) => void
}

/** What was refused, or is old because the registry is away, is tried again after at most so many intervals. */
const MAX_BACKOFF = 32

/**
 * From its first load on, and until `signal` aborts, keeps a slot at what its reference means: loads when the alias
 * moves, and again after a load that failed or gave an old version.
 */
export function follow(slot: ModelSlot, options: FollowOptions): void {
  const { intervalMs, signal } = options
  let watching = false
  let factor = 1
  let timer: NodeJS.Timeout | undefined
  signal.addEventListener('abort', () => clearTimeout(timer))

  function again({ error }: Reload) {
    clearTimeout(timer)
    if (!slot.source.remote || (error === undefined && !slot.current?.origin.stale)) {
      factor = 1
      return
    }
    const urgent = slot.current === undefined
    timer = setTimeout(() => {
      if (!slot.unloaded) void slot.reload()
    }, intervalMs * factor).unref()
    factor = urgent ? 1 : Math.min(factor * 2, MAX_BACKOFF)
  }

  slot.addListener((reload) => {
    if (signal.aborted) return
    again(reload)
    if (!watching) {
      watching = true
      void watch(slot, options)
    }
  })
}

/** A look that fails for good ends the watch of the source; it is begun again after the interval. */
async function watch(slot: ModelSlot, { intervalMs, signal, onLook }: FollowOptions): Promise<void> {
  const { source } = slot
  if (source.watch === undefined) return
  function look(error: Error | undefined) {
    slot.away = error !== undefined && source.remote
    onLook(error)
  }
  while (!signal.aborted) {
    try {
      for await (const version of source.watch({ intervalMs, signal, onLook: look })) {
        if (!signal.aborted && !slot.unloaded && !isServed(slot, version)) await slot.reload()
      }
    } catch (error) {
      look(error as Error)
    }
    await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {})
  }
}

function isServed({ current, last }: ModelSlot, version: string | undefined): boolean {
  return current !== undefined && current.version === version && !current.origin.stale && last?.error === undefined
}
