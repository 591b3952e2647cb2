import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes of each of its halves, as far as they may grow. Above no request gets cheaper; below, collections get frequent. */
const HALF_BYTES = 4 << 20

/**
 * Before anything is loaded. What is loaded lives on, so copying it within a larger young generation wins nothing.
 *
 * Young collections are one thread's: waiting for threads that other processes keep from running made a tenth of them take
 * 16 ms on a busy machine, where now it takes 4. The old generation is collected when it has grown by a fifth, at least by some megabytes, which a
 * service does in 40,000 requests; V8 would let 20 MB grow to 80 first on a machine of much memory.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--no-parallel-scavenge')
  setFlagsFromString('--heap-growing-percent=20')
  mayGrow(false)
}

/**
 * When all is loaded: lets it grow to `HALF_BYTES`, where V8 would go on to 32 MB under load, and again after V8 has made it small
 * since the process rested. V8 reads the factor when it grows it, and doubles at most.
 */
export function growYoungGeneration(): void {
  let growing = false
  function look() {
    // A half of 4 MB has some bytes less for objects.
    const grow = halfBytes() < 0.9 * HALF_BYTES
    if (grow === growing) return
    growing = grow
    mayGrow(grow)
  }
  new PerformanceObserver(look).observe({ entryTypes: ['gc'] })
  look()
}

/** Bytes that new objects have at present. */
function halfBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!
  return space.space_used_size + space.space_available_size
}

function mayGrow(may: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${may ? 2 : 1}`)
}
