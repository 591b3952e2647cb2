import { terms, termCount, termScale } from './state'

/*
 * The score of a cut by entropy: minus the entropy of the sides times their weights, plus what makes it positive,
 *
 *   sum over classes of h(l) + h(r)  +  h(N) - h(nl) - h(nr),   h(x) = x log2 x,
 *
 * with h rounded to whole multiples of a power of two, so that sums are exact in any order and cuts that mirror each other tie.
 * Each term of the sum depends on one number, the weight of a class on the left or that of all: a node that weighs less than MOST_TERMS
 * makes a table of them once. src/criterion.ts is the slow twin, up to h(N).
 */

/** What the score of a cut is off at most, in units of 1 / termScale: six terms, each near 2^52 and off by 2^-50 of it. */
export const SLACK: f64 = 128

/** No score, and what an empty side adds to one. */
export const EMPTY: f64 = -1152921504606846976

/** h(x). */
export function term(x: u32): f64 {
  if (x < termCount) return load<f64>(terms + (<usize>x << 3))
  return nearest(<f64>x * log2(<f64>x) * termScale)
}

/** h(whole) - h(x) - h(whole - x), or EMPTY. */
export function sidesOf(x: u32, whole: u32): f64 {
  if (x == 0 || x == whole) return EMPTY
  return term(whole) - (term(x) + term(whole - x))
}

/** log2(x) for x >= 1 as src/logarithm.ts has it. */
function log2(x: f64): f64 {
  const bits = reinterpret<u64>(x)
  let exponent = <f64>(<i32>(bits >> 52) - 1023)
  let mantissa = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000)
  if (mantissa >= 1.4142135623730951) {
    mantissa *= 0.5
    exponent += 1
  }
  const s = (mantissa - 1) / (mantissa + 1)
  const z = s * s
  let series: f64 = 1.0 / 23.0
  for (let odd: f64 = 21; odd >= 1; odd -= 2) series = series * z + 1 / odd
  return exponent + s * series * 2.8853900817779268
}

/** Writes h(x) + h(total - x) for x up to `last`, two at a time; answers where the next table starts. */
export function writeTerms(to: usize, total: u32, last: u32): usize {
  let back = terms + (<usize>total << 3) - 8
  const end = to + (<usize>last << 3)
  for (let at = terms; to <= end; at += 16, back -= 16, to += 16) {
    const right = v128.load(back)
    v128.store(to, f64x2.add(v128.load(at), i64x2.shuffle(right, right, 1, 0)))
  }
  return to
}

/** The same of the sides' weights: h(whole) - h(x) - h(whole - x), and EMPTY at 0. */
export function writeSides(to: usize, whole: u32, last: u32): void {
  const all = f64x2.splat(term(whole))
  const end = to + (<usize>last << 3)
  const start = to
  let back = terms + (<usize>whole << 3) - 8
  for (let at = terms; to <= end; at += 16, back -= 16, to += 16) {
    const right = v128.load(back)
    v128.store(to, f64x2.sub(all, f64x2.add(v128.load(at), i64x2.shuffle(right, right, 1, 0))))
  }
  store<f64>(start, EMPTY)
}
