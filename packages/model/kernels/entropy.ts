import { classFactors, termCount, termCounts, terms, termScale, termTables } from './state'

/*
 * The score of a cut by entropy: minus the entropy of the sides times their weights, plus what makes it positive,
 *
 *   sum over classes of h(l) + h(r)  +  h(N) - h(nl) - h(nr),   h(x) = x log2 x,
 *
 * with h rounded to whole multiples of a power of two, so that sums are exact in any order and cuts that mirror each other tie.
 * Each term of the sum depends on one number, the weight of a class on the left or that of all: a node that weighs less than MOST_TERMS
 * makes a table of them once. src/criterion.ts is the slow twin, up to h(N).
 *
 * With class weights the weights of the sides take too many values for a table. Of them the last three terms are computed as N times the
 * entropy of their shares, in float32, four cuts at a time; src/sides.ts is the slow twin.
 */

/** What the score of a cut is off at most, in units of 1 / termScale: six terms, each near 2^52 and off by 2^-50 of it. */
export const SLACK: f64 = 128

/** The same with class weights, as a share of the node's weight: the float32 entropy of the sides is off by 2^-22 at most. */
export const SIDES_SLACK: f64 = 1.0 / 1048576.0

/** No score, and what an empty side adds to one. */
export const EMPTY: f64 = -1152921504606846976

/** h(x). */
export function term(x: u32): f64 {
  if (x < termCount) return load<f64>(terms + (<usize>x << 3))
  return nearest(<f64>x * log2(<f64>x) * termScale)
}

/** h of x times the weight of a class. */
export function classTerm(label: u32, x: u32): f64 {
  if (termTables == 0) return term(x)
  const at = <usize>label << 2
  if (x < load<u32>(termCounts + at)) return load<f64>(load<u32>(termTables + at) + (<usize>x << 3))
  const weight = <f64>x * <f64>load<u32>(classFactors + at)
  return x == 0 ? 0 : nearest(weight * log2(weight) * termScale)
}

/** The term of the sides' weights of a cut with class weights, or EMPTY. */
export function sidesOfAny(x: f64, whole: f64): f64 {
  if (x == 0 || x == whole) return EMPTY
  const sides = f32x4.replace_lane(f32x4.splat(<f32>x), 1, <f32>(whole - x))
  const shares = f32x4.div(sides, f32x4.splat(<f32>whole))
  const parts = f32x4.mul(shares, log2OfFour(shares))
  const sum = f32x4.extract_lane(parts, 0) + f32x4.extract_lane(parts, 1)
  return nearest(-<f64>sum * (whole * termScale))
}

/** The entropy of the sides of four cuts as float32, from i32[4] weights on the left and of all; it is 0 for an empty side alone. */
@inline
export function entropyOfSides(nl: v128, whole: v128): v128 {
  const full = f32x4.convert_i32x4_s(whole)
  const left = f32x4.div(f32x4.convert_i32x4_s(nl), full)
  const right = f32x4.div(f32x4.convert_i32x4_s(i32x4.sub(whole, nl)), full)
  return f32x4.neg(f32x4.add(f32x4.mul(left, log2OfFour(left)), f32x4.mul(right, log2OfFour(right))))
}

/** The terms of the sides of the first two of four cuts from their entropy, or EMPTY; `unit` is the weight of the node times termScale. */
@inline
export function termsOfSides(entropy: v128, unit: v128): v128 {
  const term = f64x2.nearest(f64x2.mul(f64x2.promote_low_f32x4(entropy), unit))
  return v128.bitselect(f64x2.splat(EMPTY), term, f64x2.eq(term, f64x2.splat(0)))
}

/** log2 of four float32 in 0..1 in the steps of src/sides.ts; of 0 it is -127. */
@inline
export function log2OfFour(x: v128): v128 {
  const one = f32x4.splat(1)
  // The bits of the square root of a half: mantissas lie between it and that of two.
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23)
  const mantissa = i32x4.sub(x, i32x4.shl(exponent, 23))
  const s = f32x4.div(f32x4.sub(mantissa, one), f32x4.add(mantissa, one))
  const z = f32x4.mul(s, s)
  let series = f32x4.splat(1.0 / 7.0)
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(1.0 / 5.0))
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(1.0 / 3.0))
  series = f32x4.add(f32x4.mul(series, z), one)
  return f32x4.add(f32x4.convert_i32x4_s(exponent), f32x4.mul(f32x4.mul(s, f32x4.splat(2.8853900817779268)), series))
}

/** log2 of two numbers >= 1 in the steps of src/logarithm.ts. */
function log2OfTwo(x: v128): v128 {
  const one = f64x2.splat(1)
  // Added to 2^52 a whole number stands in the lower bits of the sum.
  let exponent = f64x2.sub(
    v128.or(i64x2.shr_u(x, 52), i64x2.splat(0x4330000000000000)),
    f64x2.splat(4503599627370496.0 + 1023.0),
  )
  let mantissa = v128.or(v128.and(x, i64x2.splat(0xfffffffffffff)), one)
  const large = f64x2.ge(mantissa, f64x2.splat(1.4142135623730951))
  mantissa = v128.bitselect(f64x2.mul(mantissa, f64x2.splat(0.5)), mantissa, large)
  exponent = f64x2.add(exponent, v128.and(large, one))
  const s = f64x2.div(f64x2.sub(mantissa, one), f64x2.add(mantissa, one))
  const z = f64x2.mul(s, s)
  let series = f64x2.splat(1.0 / 23.0)
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 21.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 19.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 17.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 15.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 13.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 11.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 9.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 7.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 5.0))
  series = f64x2.add(f64x2.mul(series, z), f64x2.splat(1.0 / 3.0))
  series = f64x2.add(f64x2.mul(series, z), one)
  return f64x2.add(exponent, f64x2.mul(f64x2.mul(s, series), f64x2.splat(2.8853900817779268)))
}

/** h(whole) - h(x) - h(whole - x), or EMPTY. */
export function sidesOf(x: u32, whole: u32): f64 {
  if (x == 0 || x == whole) return EMPTY
  return term(whole) - (term(x) + term(whole - x))
}

/** log2(x) for x >= 1 as src/logarithm.ts has it. */
function log2(x: f64): f64 {
  return f64x2.extract_lane(log2OfTwo(f64x2.splat(x)), 0)
}

/** Writes h(x) + h(total - x) of a class for x up to `last`, two at a time; answers where the next table starts. */
export function writeTerms(label: u32, to: usize, total: u32, last: u32): usize {
  let from = terms
  if (termTables != 0) {
    from = load<u32>(termTables + (<usize>label << 2))
    if (total >= load<u32>(termCounts + (<usize>label << 2))) {
      for (let x: u32 = 0; x <= last; x++) {
        store<f64>(to + (<usize>x << 3), classTerm(label, x) + classTerm(label, total - x))
      }
      return to + (((<usize>last + 2) & ~1) << 3)
    }
  }
  let back = from + (<usize>total << 3) - 8
  const end = to + (<usize>last << 3)
  for (let at = from; to <= end; at += 16, back -= 16, to += 16) {
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
