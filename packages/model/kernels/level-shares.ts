import { SHARE_STEPS } from './direction'
import { sortColumns } from './network'
import { keyRows, levelPlaces, levelRuns, MISSING, sortedKeys } from './state'

/*
 * Categories of a small node of three and more classes without class weights, all lanes at once: their samples, sorted by level, get in the stead of it what
 * levels are ordered by, the rounded share of the heaviest class, and are sorted once more. Levels of one share are not parted.
 */

/** Adding it to a float32 rounds that to a whole number in the lower bits, a half to the even one. */
const WHOLE: f32 = 12582912

/** Puts the samples of n sorted keys in the order of their levels in the lanes of a mask, and keeps u32 place << 16 | level of each sample as it stood. */
export function arrangeByShare(lanes: v128, n: u32, heaviest: u32): void {
  sumLevels(n, heaviest)
  const half = i32x4.splat(0xffff)
  const gone = i32x4.splat(MISSING)
  let least = gone
  let most = i32x4.splat(0)
  let level = i32x4.splat(-1)
  let sum = i32x4.splat(0)
  for (let at = <usize>(n - 1) << 4; <isize>at >= 0; at -= 16) {
    const key = v128.load(keyRows + at)
    const mine = i32x4.shr_u(key, 16)
    sum = v128.bitselect(sum, v128.load(levelRuns + at), i32x4.eq(mine, level))
    level = mine
    const share = f32x4.div(f32x4.convert_i32x4_s(i32x4.shr_u(sum, 16)), f32x4.convert_i32x4_s(v128.and(sum, half)))
    const whole = v128.and(f32x4.add(f32x4.mul(share, f32x4.splat(SHARE_STEPS)), f32x4.splat(WHOLE)), half)
    const isGone = i32x4.eq(mine, gone)
    least = i32x4.min_u(least, v128.or(whole, isGone))
    most = i32x4.max_u(most, v128.andnot(whole, isGone))
    const place = i32x4.shl(v128.or(whole, isGone), 16)
    v128.store(levelPlaces + at, v128.or(place, mine))
    v128.store(keyRows + at, v128.bitselect(v128.or(place, v128.and(key, half)), key, lanes))
  }
  const isFlat = v128.and(i32x4.eq(least, most), lanes)
  if (v128.any_true(isFlat)) takeBack(isFlat, n)
  sortColumns(keyRows, n)
}

/** Writes, by sample, u32 weight | weight of the heaviest class << 16 of its level up to it. */
function sumLevels(n: u32, heaviest: u32): void {
  const byte = i32x4.splat(0xff)
  const heavy = i32x4.splat(heaviest)
  const end = keyRows + (<usize>n << 4)
  let level = i32x4.splat(-1)
  let sum = i32x4.splat(0)
  for (let row = keyRows, to = levelRuns; row < end; row += 16, to += 16) {
    const key = v128.load(row)
    const mine = i32x4.shr_u(key, 16)
    const weight = v128.and(i32x4.shr_u(key, 8), byte)
    const both = v128.or(weight, v128.and(i32x4.shl(weight, 16), i32x4.eq(v128.and(key, byte), heavy)))
    sum = i32x4.add(both, v128.and(sum, i32x4.eq(mine, level)))
    v128.store(to, sum)
    level = mine
  }
}

/** Where all levels of a lane have one share they stand in their own order, and can be parted. */
function takeBack(lanes: v128, n: u32): void {
  const half = i32x4.splat(0xffff)
  for (let at: usize = 0; at < <usize>n << 4; at += 16) {
    const kept = v128.load(levelPlaces + at)
    const level = v128.and(kept, half)
    const place = i32x4.shl(level, 16)
    const key = v128.load(keyRows + at)
    v128.store(levelPlaces + at, v128.bitselect(v128.or(place, level), kept, lanes))
    v128.store(keyRows + at, v128.bitselect(v128.or(place, v128.and(key, half)), key, lanes))
  }
}

/** Writes u32 place << 16 | level of the levels of a lane of n samples to sortedKeys, ascending; answers how many. */
export function listShares(lane: u32, n: u32): u32 {
  let to = sortedKeys
  let row = levelPlaces + (<usize>lane << 2)
  for (let left = n; left > 0; left--, row += 16) {
    const both = load<u32>(row)
    const level = both & 0xffff
    store<u32>(to, both)
    to += <usize>(level != MISSING && (left == 1 || level != <u32>load<u16>(row, 16))) << 2
  }
  return <u32>((to - sortedKeys) >> 2)
}
