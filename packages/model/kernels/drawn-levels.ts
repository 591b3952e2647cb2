import { gathered, laneSums, levelCount, shares } from './state'

/*
 * A random cut of a category sends each level left or right by a coin. The coins of a level are the bits of a word made of the level
 * and what was drawn with the feature, so nothing is listed and nothing is drawn again: the highest bit that is not the same
 * in all levels of the node is the first throw that parts them. A category is then a number of 0 on the left and 1 on the
 * right, and a lane like the others.
 */

// Of each lane, behind the sums in laneSums: the word drawn for it, and the bit that parts its levels, 0 where there is one level.
const WORD: usize = 1088
const BIT: usize = 1104

/** All ones in the lanes of categories. */
export function levelLanes(f0: u32, f1: u32, f2: u32, f3: u32): v128 {
  return i32x4.ne(i32x4(levelCount(f0), levelCount(f1), levelCount(f2), levelCount(f3)), i32x4.splat(0))
}

/** Turns the gathered levels of n rows in the lanes of categories into 0 and 1; missing ones stay. The first lane is candidate `group`. */
export function partLevels(lanes: v128, group: u32, n: u32): void {
  const share = shares + (<usize>group << 3)
  const drawn = i64x2.shuffle(wordsOf(v128.load(share)), wordsOf(v128.load(share, 16)), 0, 2)
  const end = gathered + (<usize>n << 4)
  let all = i32x4.splat(-1)
  let any = i32x4.splat(0)
  for (let row = gathered; row < end; row += 16) {
    const v = v128.load(row)
    const coins = coinsOfFour(v, drawn)
    const gone = f32x4.ne(v, v)
    all = v128.and(all, v128.or(coins, gone))
    any = v128.or(any, v128.andnot(coins, gone))
  }
  const parting = v128.andnot(any, all)
  const bit = i32x4(
    highest(i32x4.extract_lane(parting, 0)),
    highest(i32x4.extract_lane(parting, 1)),
    highest(i32x4.extract_lane(parting, 2)),
    highest(i32x4.extract_lane(parting, 3)),
  )
  v128.store(laneSums, drawn, WORD)
  v128.store(laneSums, bit, BIT)
  const none = i32x4.splat(0)
  for (let row = gathered; row < end; row += 16) {
    const v = v128.load(row)
    const right = v128.and(i32x4.eq(v128.and(coinsOfFour(v, drawn), bit), none), f32x4.splat(1))
    v128.store(row, v128.bitselect(right, v, v128.and(lanes, f32x4.eq(v, v))))
  }
}

export function wordOf(lane: u32): u32 {
  return load<u32>(laneSums + (<usize>lane << 2), WORD)
}

export function bitOf(lane: u32): u32 {
  return load<u32>(laneSums + (<usize>lane << 2), BIT)
}

/** The 32 bits that a share was made of. */
export function wordOfShare(share: f64): u32 {
  return <u32>(share * 4294967296.0)
}

/** The coins of a level, 32 of them: the last steps of MurmurHash3, which are one to one, so that two levels never have the same. */
export function coinsOf(level: u32, word: u32): u32 {
  let h = level ^ word
  h = (h ^ (h >> 16)) * 0x85ebca6b
  h = (h ^ (h >> 13)) * 0xc2b2ae35
  return h ^ (h >> 16)
}

/** The highest bit of a word alone; 0 of 0. */
export function highest(word: u32): u32 {
  return word == 0 ? 0 : <u32>0x80000000 >> clz(word)
}

function coinsOfFour(levels: v128, words: v128): v128 {
  let h = v128.xor(i32x4.trunc_sat_f32x4_u(levels), words)
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b))
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35))
  return v128.xor(h, i32x4.shr_u(h, 16))
}

/** The words of two shares, in the lower half. */
function wordsOf(two: v128): v128 {
  return i32x4.trunc_sat_f64x2_u_zero(f64x2.mul(two, f64x2.splat(4294967296.0)))
}
