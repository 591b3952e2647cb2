import { levelCount, levels, shares } from './state'

/*
 * A random cut of a category sends each level left or right by a coin. The coins of a level are the bits of a word made of the level
 * and what was drawn with the feature (the last steps of MurmurHash3), so nothing is listed and nothing is drawn again: the highest
 * bit that is not the same in all levels of the node is the first throw that parts them. It is the highest bit in which the
 * smallest and the largest word differ, so with words that order like float32 a category is a lane like any number, and
 * only its threshold is found in another way. The slow twin is src/coins.ts.
 */

/** Whether any of four features is a category. */
export function someLevels(f0: u32, f1: u32, f2: u32, f3: u32): bool {
  return levels != 0 && (levelCount(f0) | levelCount(f1) | levelCount(f2) | levelCount(f3)) != 0
}

/** All ones in the lanes of categories. */
export function levelLanes(f0: u32, f1: u32, f2: u32, f3: u32): v128 {
  return i32x4.ne(i32x4(levelCount(f0), levelCount(f1), levelCount(f2), levelCount(f3)), i32x4.splat(0))
}

/** The words that were drawn for four candidates from `group` on: added to 2^52, a word is the lowest bits of the sum. */
export function wordsOfGroup(group: u32): v128 {
  const share = shares + (<usize>group << 3)
  const unit = f64x2.splat(4294967296)
  const magic = f64x2.splat(4503599627370496)
  const low = f64x2.add(f64x2.mul(v128.load(share), unit), magic)
  const high = f64x2.add(f64x2.mul(v128.load(share, 16), unit), magic)
  return i32x4.shuffle(low, high, 0, 2, 4, 6)
}

/** The coins of four levels, as float32; of a missing level they mean nothing. */
export function coinsOfFour(levels: v128, words: v128): v128 {
  let h = v128.xor(f32x4.add(levels, f32x4.splat(8388608)), words)
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b))
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35))
  return v128.or(i32x4.shr_u(v128.xor(h, i32x4.shr_u(h, 16)), 3), i32x4.splat(LEAST))
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

/** The coins of a level, as float32 in 2^-63..2 (exclusive): 29 bits below those of an exponent. Two levels have the same once in 2^29. */
export function coinsOf(level: u32, word: u32): f32 {
  let h = (level | MAGIC) ^ word
  h = (h ^ (h >> 16)) * 0x85ebca6b
  h = (h ^ (h >> 13)) * 0xc2b2ae35
  return reinterpret<f32>(((h ^ (h >> 16)) >> 3) | LEAST)
}

/** The word drawn for a candidate. */
export function wordOf(candidate: u32): u32 {
  return <u32>(load<f64>(shares + (<usize>candidate << 3)) * 4294967296.0)
}

/** The bits of the float32 2^23, to which a level adds its own. */
const MAGIC: u32 = 0x4b000000

/** The bits of the float32 2^-63. */
const LEAST: u32 = 0x20000000
