import { clearBytes } from './bytes'
import { pick4, upper } from './lanes'
import { NETWORK_ROWS } from './network'
import { keepPlaces } from './subsets'
import {
  keyRows,
  levelCount,
  levelOrders,
  levelPlaces,
  localCounts,
  localFactors,
  localTotals,
  maxBins,
  MISSING,
  randomCuts,
  rowSums,
  rowWeights,
} from './state'

/*
 * Categories of a small node are lanes like its numbers: before the lanes are sorted, places in the order of levels take the
 * stead of levels in their keys. The place of a sample is the number of samples whose levels come earlier, by what levels
 * are ordered by, as a float32, and then by their numbers. Samples are few, so each is compared with all, four at a time.
 */

/** Whether the categories of a node of n samples are lanes. Where levels have to share bins they are looked at one by one. */
export function levelsAreLanes(n: u32): bool {
  return n <= <u32>NETWORK_ROWS && (maxBins == 0 || n <= maxBins) && rowWeights == 0 && !randomCuts
}

/** How levels of a lane are ordered. */
export const BY_VALUE: u32 = 0
export const BY_FIRST: u32 = 1
export const BY_SECOND: u32 = 2
export const BY_DIRECTION: u32 = 3

// Arrays by sample at levelOrders, four samples a vector: u32 level, i32 weight and part of it, or value; sums of both over the
// samples of the level, i32 what it is ordered by, f64 along the direction. Whatever stands behind the last sample counts for nothing.
const WEIGHTS: usize = 36 * 4
const PARTS: usize = 2 * WEIGHTS
const ALL_WEIGHTS: usize = 3 * WEIGHTS
const ALL_PARTS: usize = 4 * WEIGHTS
const ORDERS: usize = 5 * WEIGHTS
const ALONG: usize = 6 * WEIGHTS

/** Does so for the categories among four features whose keys stand in keyRows. */
export function placeLevels(f0: u32, f1: u32, f2: u32, f3: u32, n: u32, way: u32, present: u32): void {
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (levelCount(f) == 0) continue
    const column = keyRows + (<usize>lane << 2)
    if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) {
      // A short group repeats its last feature, which then loses to itself.
      for (let at = column; at < column + (<usize>n << 4); at += 16) store<u16>(at, load<u16>(at - 4, 2), 2)
      continue
    }
    if (way == BY_DIRECTION) orderByDirection(column, n, present)
    else orderByMean(column, n, way)
    toPlaces(column, levelPlaces + (<usize>lane << 7), n)
  }
}

/** Orders levels by the mean of the rounded values, or by the share of one of two classes. */
function orderByMean(column: usize, n: u32, way: u32): void {
  let to = levelOrders
  const end = to + (<usize>n << 2)
  const shift: u32 = way == BY_SECOND ? 8 : 0
  for (let value = rowSums; to < end; to += 4, column += 16, value += 4) {
    const key = load<u32>(column)
    const second = (key >> 8) & 0xff
    store<u32>(to, key >> 16)
    store<u32>(to, way == BY_VALUE ? second : (key & 0xff) + second, WEIGHTS)
    store<u32>(to, way == BY_VALUE ? load<u32>(value) : (key >> shift) & 0xff, PARTS)
  }
  sumLevels(end)
  for (let four = levelOrders; four < end; four += 16) {
    const weight = v128.load(four, ALL_WEIGHTS)
    const part = v128.load(four, ALL_PARTS)
    storeOrder(
      four,
      f64x2.div(f64x2.convert_low_i32x4_s(part), f64x2.convert_low_i32x4_s(weight)),
      f64x2.div(f64x2.convert_low_i32x4_s(upper(part)), f64x2.convert_low_i32x4_s(upper(weight))),
    )
  }
}

/** Sums up weights and parts over the samples of each sample's level. */
function sumLevels(end: usize): void {
  for (let four = levelOrders; four < end; four += 16) {
    const level = v128.load(four)
    let weight = i32x4.splat(0)
    let part = weight
    for (let at = levelOrders; at < end; at += 4) {
      const same = i32x4.eq(level, v128.load32_splat(at))
      weight = i32x4.add(weight, v128.and(same, v128.load32_splat(at, WEIGHTS)))
      part = i32x4.add(part, v128.and(same, v128.load32_splat(at, PARTS)))
    }
    v128.store(four, weight, ALL_WEIGHTS)
    v128.store(four, part, ALL_PARTS)
  }
}

/** What the levels of four samples are ordered by, as a float32 whose bits are compared as i32; missing values come last. */
function storeOrder(four: usize, low: v128, high: v128): void {
  const bits = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
  const order = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(i32.MAX_VALUE)))
  const gone = i32x4.eq(v128.load(four), i32x4.splat(MISSING))
  v128.store(four, v128.bitselect(i32x4.splat(i32.MAX_VALUE), order, gone), ORDERS)
}

/** Orders levels along the direction of level-direction.ts. */
function orderByDirection(column: usize, n: u32, present: u32): void {
  const heaviest = heaviestOf(present)
  const end = levelOrders + (<usize>n << 2)
  let heavy: u32 = 0
  let all: u32 = 0
  for (let to = levelOrders, key = column; to < end; to += 4, key += 16) {
    const level = <u32>load<u16>(key, 2)
    const label = <u32>load<u8>(key)
    const w = <u32>load<u8>(key, 1) * load<u32>(localFactors + (<usize>label << 2))
    const part = select<u32>(w, 0, label == heaviest)
    store<u32>(to, level)
    store<u32>(to, w, WEIGHTS)
    store<u32>(to, part, PARTS)
    all += select<u32>(0, w, level == MISSING)
    heavy += select<u32>(0, part, level == MISSING)
  }
  sumLevels(end)
  const mean = <f64>heavy / <f64>all
  clearBytes(localCounts, <usize>present << 3)
  for (let at = levelOrders, key = column; at < end; at += 4, key += 16) {
    if (load<u32>(at) == MISSING) continue
    const to = localCounts + (<usize>load<u8>(key) << 3)
    const share = wholeShare(load<u32>(at, ALL_PARTS), load<u32>(at, ALL_WEIGHTS), mean)
    store<f64>(to, load<f64>(to) + <f64>load<u32>(at, WEIGHTS) * share)
  }
  roundDirection(present)
  for (let at = levelOrders, key = column; at < end; at += 4, key += 16) {
    const along = <f64>load<u32>(at, WEIGHTS) * load<f64>(localCounts + (<usize>load<u8>(key) << 3))
    store<f64>(levelOrders + ((at - levelOrders) << 1), along, ALONG)
  }
  for (let four = levelOrders; four < end; four += 16) {
    const level = v128.load(four)
    const weight = v128.load(four, ALL_WEIGHTS)
    let low = f64x2.splat(0)
    let high = low
    let along = levelOrders + ALONG
    for (let at = levelOrders; at < end; at += 4, along += 8) {
      const same = i32x4.eq(level, v128.load32_splat(at))
      const part = v128.load64_splat(along)
      low = f64x2.add(low, v128.and(i64x2.extend_low_i32x4_s(same), part))
      high = f64x2.add(high, v128.and(i64x2.extend_high_i32x4_s(same), part))
    }
    storeOrder(
      four,
      f64x2.div(low, f64x2.convert_low_i32x4_s(weight)),
      f64x2.div(high, f64x2.convert_low_i32x4_s(upper(weight))),
    )
  }
}

/** The number in the node of its heaviest class, the first of equal ones. */
export function heaviestOf(present: u32): u32 {
  let heaviest: u32 = 0
  for (let c: u32 = 1; c < present; c++) {
    if (load<u32>(localTotals + (<usize>c << 2)) > load<u32>(localTotals + (<usize>heaviest << 2))) heaviest = c
  }
  return heaviest
}

/** How far a level's share of the heaviest class is above the mean, in whole 2^-14ths: products with weights stay whole. */
export function wholeShare(heavy: f64, weight: f64, mean: f64): f64 {
  return nearest((heavy / weight - mean) * 16384)
}

/** Brings the direction in localCounts, f64 a class, to whole numbers up to 2^14. */
export function roundDirection(present: u32): void {
  let most: f64 = 0
  for (let c: usize = 0; c < present; c++) most = max(most, abs(load<f64>(localCounts + (c << 3))))
  if (most == 0) return
  const exponent = <i32>((reinterpret<u64>(most) >> 52) & 0x7ff) - 1023
  const unit = reinterpret<f64>(<u64>(1023 + 13 - exponent) << 52)
  for (let c: usize = 0; c < present; c++) {
    const at = localCounts + (c << 3)
    store<f64>(at, nearest(load<f64>(at) * unit))
  }
}

/** Writes the places to the keys, and u32 place << 16 | level of each sample to `places`; those of missing values are MISSING. */
function toPlaces(column: usize, places: usize, n: u32): void {
  const end = levelOrders + (<usize>n << 2)
  const missing = i32x4.splat(MISSING)
  for (let four = levelOrders; four < end; four += 16, column += 64, places += 16) {
    const level = v128.load(four)
    const order = v128.load(four, ORDERS)
    let place = i32x4.splat(0)
    for (let at = levelOrders; at < end; at += 4) {
      const otherLevel = v128.load32_splat(at)
      const other = v128.load32_splat(at, ORDERS)
      const tie = v128.and(i32x4.eq(order, other), i32x4.gt_s(level, otherLevel))
      place = i32x4.sub(place, v128.or(i32x4.gt_s(order, other), tie))
    }
    place = v128.bitselect(missing, place, i32x4.eq(level, missing))
    v128.store(places, v128.or(i32x4.shl(place, 16), level))
    v128.store_lane<u16>(column, place, 0, 2)
    v128.store_lane<u16>(column, place, 2, 18)
    v128.store_lane<u16>(column, place, 4, 34)
    v128.store_lane<u16>(column, place, 6, 50)
  }
}

/** Keeps the places of a lane whose cut is the best. */
export function keepLane(lane: u32, n: u32): void {
  keepPlaces(levelPlaces + (<usize>lane << 7), n)
}
