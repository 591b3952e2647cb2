import { nearest } from './nearest.ts'

/**
 * log2(x) for finite x > 0 from + - * / alone, so that every engine gives the same bits (Math.log2 may not): within 1e-15
 * of the true value, relatively. With x = m * 2^e and m in [sqrt(1/2), sqrt(2)), log2(x) = e + 2 atanh(s) / ln 2,
 * s = (m - 1) / (m + 1), and atanh by its series, whose first term left out is under 2^-60.
 */
export function log2(x: number): number {
  let exponent = 0
  let mantissa = x
  if (x >= 0x100000000 || x < 0.5) {
    while (mantissa >= 0x100000000) {
      mantissa *= 1 / 0x100000000
      exponent += 32
    }
    while (mantissa < 0.5) {
      mantissa *= 0x100000000
      exponent -= 32
    }
  }
  if (mantissa >= 1) {
    const bits = 31 - Math.clz32(mantissa)
    mantissa *= POWER[bits]
    exponent += bits
  }
  if (mantissa >= Math.SQRT2) {
    mantissa *= 0.5
    exponent += 1
  } else if (mantissa < Math.SQRT1_2) {
    mantissa *= 2
    exponent -= 1
  }
  const s = (mantissa - 1) / (mantissa + 1)
  const z = s * s
  let series = 1 / 23
  for (let odd = 21; odd >= 1; odd -= 2) series = series * z + 1 / odd
  return exponent + s * series * TWO_OVER_LN2
}

/** x * log2(x), and its limit 0 at x = 0; finite x >= 0. */
export function xlog2x(x: number): number {
  if (x < TABLE_SIZE) {
    if (table === undefined) table = Float64Array.from({ length: TABLE_SIZE }, (_, i) => (i === 0 ? 0 : i * log2(i)))
    const whole = x >>> 0
    if (whole === x) return table[whole]
  }
  return x * log2(x)
}

/** x * log2(x) times a power of two, rounded to a whole number; without `scale`, 0, as it is. */
export function scaledXlog2x(x: number, scale: number): number {
  return scale === 0 ? xlog2x(x) : nearest(xlog2x(x) * scale)
}

/**
 * The power of two that brings x * log2(x) for x up to `most` to less than 2^52, so finely that no more would fit. Sums of such
 * terms over the classes of a node and its sides are then exact, for none is larger than that of the whole weight.
 */
export function scaleOfTerms(most: number): number {
  return powerOfTwo(51 - exponentOf(xlog2x(Math.max(2, most))))
}

/** The e with 2^e <= x < 2^(e + 1), for normal x > 0. */
export function exponentOf(x: number): number {
  FLOAT[0] = x
  return ((WORDS[HIGH] >>> 20) & 0x7ff) - 1023
}

/** 2^exponent exactly, for an integer exponent in -1022..1023. */
export function powerOfTwo(exponent: number): number {
  WORDS[HIGH] = (exponent + 1023) << 20
  WORDS[1 - HIGH] = 0
  return FLOAT[0]
}

const FLOAT = new Float64Array(1)
const WORDS = new Uint32Array(FLOAT.buffer)
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0]

const TWO_OVER_LN2 = 2.8853900817779268

/** 2^-i */
const POWER = Float64Array.from({ length: 32 }, (_, i) => 1 / 2 ** i)

const TABLE_SIZE = 8192
let table: Float64Array | undefined
