import { levelCount, levels, shares } from './state'

/*
 * A random cut of a category sends each level left or right by a coin. In place of a level its column holds a seed of 29 bits below those of
 * an exponent, and the coins of a level are that seed times an odd word drawn with the feature, so nothing is listed and nothing is drawn again: the
 * highest bit that is not the same in all levels of the node is the first throw that parts them. It is the highest bit in which the
 * smallest and the largest of the coins differ, so with coins that order like float32 a category is a lane like any number, and
 * only its threshold is found in another way. The slow twin is src/coins.ts.
 */

/** All ones in the lanes of categories. */
export function levelLanes(f0: u32, f1: u32, f2: u32, f3: u32): v128 {
  if (levels == 0) return i32x4.splat(0)
  return i32x4.ne(i32x4(levelCount(f0), levelCount(f1), levelCount(f2), levelCount(f3)), i32x4.splat(0))
}

/** What four candidates from `group` on multiply seeds with, and numbers, in lanes that are no categories, with 1. */
export function oddWords(group: u32, lanes: v128): v128 {
  const share = shares + (<usize>group << 3)
  const unit = f64x2.splat(4294967296)
  // Added to 2^52, a word is the lowest bits of the sum.
  const magic = f64x2.splat(4503599627370496)
  const low = f64x2.add(f64x2.mul(v128.load(share), unit), magic)
  const high = f64x2.add(f64x2.mul(v128.load(share, 16), unit), magic)
  const one = i32x4.splat(1)
  return v128.bitselect(v128.or(i32x4.shuffle(low, high, 0, 2, 4, 6), one), one, lanes)
}

/** The largest float32 with the bits of `least` up to the highest one in which `most` differs: what is at or below it has that bit clear. */
export function between(least: v128, most: v128): v128 {
  let w = v128.xor(least, most)
  w = v128.or(w, i32x4.shr_u(w, 1))
  w = v128.or(w, i32x4.shr_u(w, 2))
  w = v128.or(w, i32x4.shr_u(w, 4))
  w = v128.or(w, i32x4.shr_u(w, 8))
  w = v128.or(w, i32x4.shr_u(w, 16))
  return v128.or(least, i32x4.shr_u(w, 1))
}

/** The coins that a seed has with a word, as float32 in 2^-63..2 (exclusive). */
export function coinsOf(seed: f32, word: u32): f32 {
  return reinterpret<f32>(((reinterpret<u32>(seed) * (word | 1)) & COINS) | LEAST)
}

/** The word drawn for a candidate. */
export function wordOf(candidate: u32): u32 {
  return <u32>(load<f64>(shares + (<usize>candidate << 3)) * 4294967296.0)
}

/** The level that a seed stands for. */
export function levelOf(seed: f32): u32 {
  const bits = reinterpret<u32>(seed) & COINS
  // What src/coins.ts multiplies with, times this, is 1.
  return (((bits ^ (bits >> 15)) * 0x0e8b2f51) & COINS) - 1
}

/** The bits of coins, and those of the float32 2^-63, the exponent above them. */
export const COINS: u32 = 0x1fffffff
export const LEAST: u32 = 0x20000000
