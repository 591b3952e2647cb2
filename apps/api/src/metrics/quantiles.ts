import type { DurationCounter } from './durations.ts'

/** Buckets of one octave. */
const STEPS = 64
/** Durations are told apart from 2^MIN to 2^MAX seconds: from a microsecond to half an hour. */
const MIN = -20
const MAX = 11
const BUCKETS = (MAX - MIN) * STEPS

/** What `float[0]` holds, as the bits of a float32. */
const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)
const MANTISSA_BITS = 23
const STEP_BITS = Math.log2(STEPS)
const BIAS = 127
/** Bucket of 2^MIN before the shift to 0. */
const FIRST = (BIAS + MIN) * STEPS

/**
 * Quantiles of durations over the life of a series. The buckets are the exponent and the first bits of the mantissa of a
 * float32, so that finding one costs a shift, and a quantile is at most 1/128 of itself away from the exact one.
 */
export class Quantiles implements DurationCounter {
  readonly #counts = new Float64Array(BUCKETS)
  count = 0
  sum = 0

  add(seconds: number): void {
    float[0] = seconds
    const bucket = (bits[0]! >>> (MANTISSA_BITS - STEP_BITS)) - FIRST
    this.#counts[bucket < 0 ? 0 : bucket >= BUCKETS ? BUCKETS - 1 : bucket]!++
    this.count++
    this.sum += seconds
  }

  /** Seconds that the share `q` in [0, 1] of the durations does not exceed; 0 of none. */
  at(q: number): number {
    if (this.count === 0) return 0
    const rank = Math.max(Math.ceil(q * this.count), 1)
    let seen = 0
    let bucket = 0
    for (; bucket < BUCKETS - 1; bucket++) {
      seen += this.#counts[bucket]!
      if (seen >= rank) break
    }
    return middle(bucket)
  }
}

function middle(bucket: number): number {
  bits[0] = (bucket + FIRST + 0.5) * 2 ** (MANTISSA_BITS - STEP_BITS)
  return float[0]!
}
