import { gathered, laneSums, levelCount, levels, shares } from './state'

/*
 * A random cut of a category sends each level left or right by a coin. The coins of a level are the bits of a word made of the level
 * and what was drawn with the feature (the last steps of MurmurHash3), so nothing is listed and nothing is drawn again: the highest
 * bit that is not the same in all levels of the node is the first throw that parts them. A category is then a number of 0 on the left and 1 on the
 * right, and a lane like the others.
 */

// Of each lane, behind the sums in laneSums: the word drawn for it, and the bit that parts its levels, 0 where there is one level.
const WORD: usize = 1088
const BIT: usize = 1104

/** Whether any of four features is a category. */
export function someLevels(f0: u32, f1: u32, f2: u32, f3: u32): bool {
  return levels != 0 && (levelCount(f0) | levelCount(f1) | levelCount(f2) | levelCount(f3)) != 0
}

/** All ones in the lanes of categories. */
export function levelLanes(f0: u32, f1: u32, f2: u32, f3: u32): v128 {
  return i32x4.ne(i32x4(levelCount(f0), levelCount(f1), levelCount(f2), levelCount(f3)), i32x4.splat(0))
}

/** Turns the gathered levels of n rows in the lanes of categories into 0 and 1; missing ones stay. The first lane is candidate `group`. */
export function partLevels(lanes: v128, group: u32, n: u32): void {
  const share = shares + (<usize>group << 3)
  const drawn = i32x4.shuffle(wordsOf(v128.load(share)), wordsOf(v128.load(share, 16)), 0, 2, 4, 6)
  const end = gathered + (<usize>n << 4)
  const none = i32x4.splat(0)
  let all = i32x4.splat(-1)
  let any = none
  for (let row = gathered; row < end; row += 16) {
    const v = v128.load(row)
    const gone = f32x4.ne(v, v)
    const coins = coinsOfFour(v, drawn)
    all = v128.and(all, v128.or(coins, gone))
    const held = v128.andnot(coins, gone)
    any = v128.or(any, held)
    v128.store(row, v128.bitselect(held, v, lanes))
  }
  const parting = v128.andnot(any, all)
  const bit = highestOfFour(parting)
  v128.store(laneSums, drawn, WORD)
  v128.store(laneSums, bit, BIT)
  for (let row = gathered; row < end; row += 16) {
    const coins = v128.load(row)
    const right = v128.and(i32x4.eq(v128.and(coins, bit), none), f32x4.splat(1))
    // No coins are a missing value: all ones, which is NaN.
    v128.store(row, v128.bitselect(v128.or(right, i32x4.eq(coins, none)), coins, lanes))
  }
}

/** All ones in the lanes whose levels are parted. */
export function partingLanes(): v128 {
  return i32x4.ne(v128.load(laneSums, BIT), i32x4.splat(0))
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

/** Twice the coins of a level, 31 of them, and 1: no level has the coins 0, and two levels have the same once in 2^31. */
export function coinsOf(level: u32, word: u32): u32 {
  let h = (level | MAGIC) ^ word
  h = (h ^ (h >> 16)) * 0x85ebca6b
  h = (h ^ (h >> 13)) * 0xc2b2ae35
  return h ^ (h >> 16) | 1
}

/** The bits of the float32 2^23, to which a level adds its own. */
const MAGIC: u32 = 0x4b000000

/** The highest bit of a word alone; 0 of 0. */
export function highest(word: u32): u32 {
  return word == 0 ? 0 : <u32>0x80000000 >> clz(word)
}

function coinsOfFour(levels: v128, words: v128): v128 {
  let h = v128.xor(f32x4.add(levels, f32x4.splat(8388608)), words)
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b))
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35))
  return v128.or(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(1))
}

/** The words of two shares in the even lanes: added to 2^52 they are its lowest bits. */
function wordsOf(two: v128): v128 {
  return f64x2.add(f64x2.mul(two, f64x2.splat(4294967296)), f64x2.splat(4503599627370496))
}

function highestOfFour(words: v128): v128 {
  let w = v128.or(words, i32x4.shr_u(words, 1))
  w = v128.or(w, i32x4.shr_u(w, 2))
  w = v128.or(w, i32x4.shr_u(w, 4))
  w = v128.or(w, i32x4.shr_u(w, 8))
  w = v128.or(w, i32x4.shr_u(w, 16))
  return v128.xor(w, i32x4.shr_u(w, 1))
}
