import { clearBytes } from './bytes'
import { pick4, upper } from './lanes'
import { NETWORK_ROWS } from './network'
import { keepPlaces } from './subsets'
import {
  classFactors,
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

// Arrays by sample at levelOrders, four samples a vector: u32 key, u32 level, i32 weight and part of it, or value; sums of both over the
// samples of the level, i32 what it is ordered by, f64 along the direction. The last vector is filled up with samples of no weight that lack a level.
// What is read as vectors is written as vectors: a processor waits for narrower writes.
const LEVELS: usize = 36 * 4
const WEIGHTS: usize = 2 * LEVELS
const PARTS: usize = 3 * LEVELS
const ALL_WEIGHTS: usize = 4 * LEVELS
const ALL_PARTS: usize = 5 * LEVELS
const ORDERS: usize = 6 * LEVELS
const ALONG: usize = 7 * LEVELS

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
    // Without two levels there is no cut, whatever the keys say.
    if (!fetchKeys(column, n)) continue
    if (way == BY_DIRECTION) orderByDirection(n, present)
    else orderByMean(n, way)
    toPlaces(lane, n)
  }
}

/** Whether the samples have different levels, or some lack one. */
function fetchKeys(column: usize, n: u32): bool {
  const end = levelOrders + (<usize>n << 2)
  const first = i32x4.shr_u(v128.load32_splat(column), 16)
  let differ = i32x4.splat(0)
  let left = i32x4.splat(n)
  for (let four = levelOrders; four < end; four += 16, column += 64) {
    let keys = v128.load32_zero(column)
    keys = v128.load_lane<u32>(column, keys, 1, 16)
    keys = v128.load_lane<u32>(column, keys, 2, 32)
    keys = v128.load_lane<u32>(column, keys, 3, 48)
    const held = i32x4.gt_s(left, i32x4(0, 1, 2, 3))
    keys = v128.bitselect(keys, i32x4.splat(0xffff0000), held)
    const level = i32x4.shr_u(keys, 16)
    v128.store(four, keys)
    v128.store(four, level, LEVELS)
    differ = v128.or(differ, v128.and(v128.xor(level, first), held))
    left = i32x4.sub(left, i32x4.splat(4))
  }
  return v128.any_true(differ)
}

/** Orders levels by the mean of the rounded values, or by the share of one of two classes. */
function orderByMean(n: u32, way: u32): void {
  const end = levelOrders + (<usize>n << 2)
  const byte = i32x4.splat(0xff)
  let values = rowSums
  for (let four = levelOrders; four < end; four += 16, values += 16) {
    const keys = v128.load(four)
    const first = v128.and(keys, byte)
    const second = v128.and(i32x4.shr_u(keys, 8), byte)
    const value = v128.andnot(v128.load(values), i32x4.eq(second, i32x4.splat(0)))
    v128.store(four, way == BY_VALUE ? second : i32x4.add(first, second), WEIGHTS)
    v128.store(four, way == BY_VALUE ? value : way == BY_SECOND ? second : first, PARTS)
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
    const level = v128.load(four, LEVELS)
    let weight = i32x4.splat(0)
    let part = weight
    for (let at = levelOrders; at < end; at += 16) {
      const a = i32x4.eq(level, v128.load32_splat(at, LEVELS))
      const b = i32x4.eq(level, v128.load32_splat(at, LEVELS + 4))
      const c = i32x4.eq(level, v128.load32_splat(at, LEVELS + 8))
      const d = i32x4.eq(level, v128.load32_splat(at, LEVELS + 12))
      weight = i32x4.add(weight, v128.and(a, v128.load32_splat(at, WEIGHTS)))
      part = i32x4.add(part, v128.and(a, v128.load32_splat(at, PARTS)))
      weight = i32x4.add(weight, v128.and(b, v128.load32_splat(at, WEIGHTS + 4)))
      part = i32x4.add(part, v128.and(b, v128.load32_splat(at, PARTS + 4)))
      weight = i32x4.add(weight, v128.and(c, v128.load32_splat(at, WEIGHTS + 8)))
      part = i32x4.add(part, v128.and(c, v128.load32_splat(at, PARTS + 8)))
      weight = i32x4.add(weight, v128.and(d, v128.load32_splat(at, WEIGHTS + 12)))
      part = i32x4.add(part, v128.and(d, v128.load32_splat(at, PARTS + 12)))
    }
    v128.store(four, weight, ALL_WEIGHTS)
    v128.store(four, part, ALL_PARTS)
  }
}

/** What the levels of four samples are ordered by, as a float32 whose bits are compared as i32; missing values come last. */
function storeOrder(four: usize, low: v128, high: v128): void {
  const bits = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
  const order = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(i32.MAX_VALUE)))
  const gone = i32x4.eq(v128.load(four, LEVELS), i32x4.splat(MISSING))
  v128.store(four, v128.bitselect(i32x4.splat(i32.MAX_VALUE), order, gone), ORDERS)
}

/** Orders levels along the direction of level-direction.ts. */
function orderByDirection(n: u32, present: u32): void {
  const end = levelOrders + (<usize>n << 2)
  const byte = i32x4.splat(0xff)
  const heaviest = i32x4.splat(heaviestOf(present))
  const missing = i32x4.splat(MISSING)
  for (let four = levelOrders; four < end; four += 16) {
    const keys = v128.load(four)
    const label = v128.and(keys, byte)
    let weight = v128.and(i32x4.shr_u(keys, 8), byte)
    if (classFactors != 0) {
      let factor = v128.load32_zero(localFactors + (<usize>i32x4.extract_lane(label, 0) << 2))
      factor = v128.load_lane<u32>(localFactors + (<usize>i32x4.extract_lane(label, 1) << 2), factor, 1)
      factor = v128.load_lane<u32>(localFactors + (<usize>i32x4.extract_lane(label, 2) << 2), factor, 2)
      factor = v128.load_lane<u32>(localFactors + (<usize>i32x4.extract_lane(label, 3) << 2), factor, 3)
      weight = i32x4.mul(weight, factor)
    }
    v128.store(four, weight, WEIGHTS)
    v128.store(four, v128.and(weight, i32x4.eq(label, heaviest)), PARTS)
  }
  sumLevels(end)
  let all: u32 = 0
  let heavy: u32 = 0
  for (let at = levelOrders; at < end; at += 4) {
    const gone = load<u32>(at, LEVELS) == MISSING
    all += select<u32>(0, load<u32>(at, WEIGHTS), gone)
    heavy += select<u32>(0, load<u32>(at, PARTS), gone)
  }
  const mean = <f64>heavy / <f64>all
  let products = levelOrders + ALONG
  for (let four = levelOrders; four < end; four += 16, products += 32) {
    const heavy = v128.load(four, ALL_PARTS)
    const whole = v128.load(four, ALL_WEIGHTS)
    const weight = v128.load(four, WEIGHTS)
    v128.store(products, weighedShares(heavy, whole, weight, mean))
    v128.store(products, weighedShares(upper(heavy), upper(whole), upper(weight), mean), 16)
  }
  clearBytes(localCounts, <usize>present << 3)
  for (let at = levelOrders, product = levelOrders + ALONG; at < end; at += 4, product += 8) {
    if (load<u32>(at, LEVELS) == MISSING) continue
    const to = localCounts + (<usize>load<u8>(at) << 3)
    store<f64>(to, load<f64>(to) + load<f64>(product))
  }
  roundDirection(present)
  for (let at = levelOrders, to = levelOrders + ALONG; at < end; at += 4, to += 8) {
    store<f64>(to, <f64>load<u32>(at, WEIGHTS) * load<f64>(localCounts + (<usize>load<u8>(at) << 3)))
  }
  for (let four = levelOrders; four < end; four += 16) {
    const level = v128.load(four, LEVELS)
    const weight = v128.load(four, ALL_WEIGHTS)
    let low = f64x2.splat(0)
    let high = low
    let along = levelOrders + ALONG
    for (let at = levelOrders; at < end; at += 4, along += 8) {
      const same = i32x4.eq(level, v128.load32_splat(at, LEVELS))
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

/** Of two samples, times their weights. */
function weighedShares(heavy: v128, whole: v128, weight: v128, mean: f64): v128 {
  const share = f64x2.div(f64x2.convert_low_i32x4_s(heavy), f64x2.convert_low_i32x4_s(whole))
  const above = f64x2.mul(f64x2.sub(share, f64x2.splat(mean)), f64x2.splat(16384))
  return f64x2.mul(f64x2.nearest(above), f64x2.convert_low_i32x4_s(weight))
}

/** Brings the direction in localCounts, f64 a class, to whole numbers up to 2^14. */
export function roundDirection(present: u32): void {
  let most: f64 = 0
  for (let c: usize = 0; c < present; c++) {
    const size = abs(load<f64>(localCounts + (c << 3)))
    most = size > most ? size : most
  }
  if (most == 0) return
  const exponent = <i32>((reinterpret<u64>(most) >> 52) & 0x7ff) - 1023
  const unit = reinterpret<f64>(<u64>(1023 + 13 - exponent) << 52)
  for (let c: usize = 0; c < present; c++) {
    const at = localCounts + (c << 3)
    store<f64>(at, nearest(load<f64>(at) * unit))
  }
}

/** Puts places in the stead of levels in the lane's keys, and keeps u32 place << 16 | level of each; those of missing values are MISSING. */
function toPlaces(lane: u32, n: u32): void {
  const end = levelOrders + (<usize>n << 2)
  const missing = i32x4.splat(MISSING)
  const mine = i32x4.eq(i32x4.splat(lane), i32x4(0, 1, 2, 3))
  let row = keyRows
  let places = levelPlaces + (<usize>lane << 7)
  for (let four = levelOrders; four < end; four += 16, row += 64, places += 16) {
    const level = v128.load(four, LEVELS)
    const order = v128.load(four, ORDERS)
    let place = i32x4.splat(0)
    for (let at = levelOrders; at < end; at += 16) {
      const a = isBefore(v128.load32_splat(at, ORDERS), v128.load32_splat(at, LEVELS), order, level)
      const b = isBefore(v128.load32_splat(at, ORDERS + 4), v128.load32_splat(at, LEVELS + 4), order, level)
      const c = isBefore(v128.load32_splat(at, ORDERS + 8), v128.load32_splat(at, LEVELS + 8), order, level)
      const d = isBefore(v128.load32_splat(at, ORDERS + 12), v128.load32_splat(at, LEVELS + 12), order, level)
      place = i32x4.sub(place, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)))
    }
    place = i32x4.shl(v128.bitselect(missing, place, i32x4.eq(level, missing)), 16)
    v128.store(places, v128.or(place, level))
    const keys = v128.or(place, v128.and(v128.load(four), i32x4.splat(0xffff)))
    v128.store(row, v128.bitselect(i32x4.shuffle(keys, keys, 0, 0, 0, 0), v128.load(row), mine))
    v128.store(row, v128.bitselect(i32x4.shuffle(keys, keys, 1, 1, 1, 1), v128.load(row, 16), mine), 16)
    v128.store(row, v128.bitselect(i32x4.shuffle(keys, keys, 2, 2, 2, 2), v128.load(row, 32), mine), 32)
    v128.store(row, v128.bitselect(i32x4.shuffle(keys, keys, 3, 3, 3, 3), v128.load(row, 48), mine), 48)
  }
}

/** -1 where a level stands before another one. */
function isBefore(order: v128, level: v128, otherOrder: v128, otherLevel: v128): v128 {
  const tie = v128.and(i32x4.eq(order, otherOrder), i32x4.gt_s(otherLevel, level))
  return v128.or(i32x4.gt_s(otherOrder, order), tie)
}

/** Keeps the places of a lane whose cut is the best. */
export function keepLane(lane: u32, n: u32): void {
  keepPlaces(levelPlaces + (<usize>lane << 7), n)
}
