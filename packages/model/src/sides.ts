/**
 * The entropy of the sides of a cut in bits, 0..1, from their weights: of their shares p and q of the whole, -(p log2 p + q log2 q). Each
 * step is rounded to float32, which vectors do four at a time; within 2^-22 of the true value. The slow twin of kernels/entropy.ts.
 *
 * @param left weight >= 0, and `right`; not both are 0.
 */
export function entropyOfSides(left: number, right: number): number {
  const whole = Math.fround(left + right)
  const p = Math.fround(Math.fround(left) / whole)
  const q = Math.fround(Math.fround(right) / whole)
  return -Math.fround(Math.fround(p * log2Single(p)) + Math.fround(q * log2Single(q)))
}

/**
 * log2(x) of a float32 in 0..1, in float32; -127 at 0. With x = m * 2^e and m in [sqrt(1/2), sqrt(2)), log2(x) = e + 2 atanh(s) / ln 2,
 * s = (m - 1) / (m + 1), and atanh by its series, whose first term left out is under 2^-23 of it.
 */
export function log2Single(x: number): number {
  FLOAT[0] = x
  const exponent = (BITS[0] - SQRT1_2) >> 23
  BITS[0] -= exponent << 23
  const m = FLOAT[0]
  const s = Math.fround(Math.fround(m - 1) / Math.fround(m + 1))
  const z = Math.fround(s * s)
  let series = SEVENTH
  series = Math.fround(Math.fround(series * z) + FIFTH)
  series = Math.fround(Math.fround(series * z) + THIRD)
  series = Math.fround(Math.fround(series * z) + 1)
  return Math.fround(exponent + Math.fround(Math.fround(s * TWO_OVER_LN2) * series))
}

const FLOAT = new Float32Array(1)
const BITS = new Int32Array(FLOAT.buffer)

/** The bits of the square root of a half. */
const SQRT1_2 = 0x3f3504f3

const SEVENTH = Math.fround(1 / 7)
const FIFTH = Math.fround(1 / 5)
const THIRD = Math.fround(1 / 3)
const TWO_OVER_LN2 = Math.fround(2.8853900817779268)
