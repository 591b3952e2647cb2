import { clearBytes } from './bytes'
import { pick4 } from './lanes'
import { NETWORK_ROWS } from './network'
import { keepPlaces } from './subsets'
import {
  keyRows,
  levelCells,
  levelCount,
  levelOrders,
  levelPlaces,
  localCounts,
  localFactors,
  localTotals,
  maxBins,
  MISSING,
  placeLevel,
  randomCuts,
  rowSums,
  rowWeights,
} from './state'

/*
 * Categories of a small node are lanes like its numbers: before the lanes are sorted, places in the order of levels take the
 * stead of levels in their keys. The place of a sample is the number of samples whose levels come earlier, by what levels
 * are ordered by, as a float32, and then by their numbers. Cells of levels are 0 between features.
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
    if (way == BY_VALUE) orderByValue(column, n)
    else if (way == BY_DIRECTION) orderByDirection(column, n, present)
    else orderByShare(column, n, way)
    toPlaces(column, levelPlaces + (<usize>lane << 7), n)
  }
}

/** The order of a level by a number, then by its own: compared as i64. */
function orderOf(by: f32, level: u32): i64 {
  const bits = reinterpret<i32>(by)
  return ((<i64>(bits ^ ((bits >> 31) & 0x7fffffff))) << 32) | <i64>level
}

/** By the mean of the rounded values. A cell: u32 weight, i32 sum. */
function orderByValue(column: usize, n: u32): void {
  for (let i: usize = 0; i < n; i++) {
    const key = column + (i << 4)
    const level = <usize>load<u16>(key, 2)
    if (level == MISSING) continue
    const cell = levelCells + (level << 4)
    store<i64>(cell, load<i64>(cell) + ((<i64>load<i32>(rowSums + (i << 2)) << 32) + <i64>load<u8>(key, 1)))
  }
  for (let i: usize = 0; i < n; i++) {
    const level = <u32>load<u16>(column + (i << 4), 2)
    let order = i64.MAX_VALUE
    if (level != MISSING) {
      const cell = levelCells + (<usize>level << 4)
      order = orderOf(<f32>(<f64>load<i32>(cell, 4) / <f64>load<u32>(cell)), level)
    }
    store<i64>(levelOrders + (i << 3), order)
  }
}

/** By the share of one of two classes. A cell: u32 weight of each. */
function orderByShare(column: usize, n: u32, way: u32): void {
  for (let i: usize = 0; i < n; i++) {
    const key = column + (i << 4)
    const level = <usize>load<u16>(key, 2)
    if (level == MISSING) continue
    const cell = levelCells + (level << 4)
    store<u64>(cell, load<u64>(cell) + (<u64>load<u8>(key) | (<u64>load<u8>(key, 1) << 32)))
  }
  for (let i: usize = 0; i < n; i++) {
    const level = <u32>load<u16>(column + (i << 4), 2)
    let order = i64.MAX_VALUE
    if (level != MISSING) {
      const cell = levelCells + (<usize>level << 4)
      const first = load<u32>(cell)
      const second = load<u32>(cell, 4)
      order = orderOf(<f32>(<f64>(way == BY_SECOND ? second : first) / <f64>(first + second)), level)
    }
    store<i64>(levelOrders + (i << 3), order)
  }
}

/** Along the direction of level-direction.ts. A cell: u32 weight, u32 that of the heaviest class, f64 sum along the direction. */
function orderByDirection(column: usize, n: u32, present: u32): void {
  const heaviest = heaviestOf(present)
  let heavy: u64 = 0
  for (let i: usize = 0; i < n; i++) {
    const key = column + (i << 4)
    const level = <usize>load<u16>(key, 2)
    if (level == MISSING) continue
    const cell = levelCells + (level << 4)
    const label = <u32>load<u8>(key)
    const w = <u64>(<u32>load<u8>(key, 1) * load<u32>(localFactors + (<usize>label << 2)))
    const both = w | (select<u64>(w, 0, label == heaviest) << 32)
    store<u64>(cell, load<u64>(cell) + both)
    heavy += both
  }
  const mean = <f64>(heavy >> 32) / <f64>(heavy & 0xffffffff)
  clearBytes(localCounts, <usize>present << 3)
  for (let i: usize = 0; i < n; i++) {
    const key = column + (i << 4)
    const level = <usize>load<u16>(key, 2)
    if (level == MISSING) continue
    const cell = levelCells + (level << 4)
    const label = <usize>load<u8>(key)
    const w = <f64>(<u32>load<u8>(key, 1) * load<u32>(localFactors + (label << 2)))
    const to = localCounts + (label << 3)
    store<f64>(to, load<f64>(to) + w * wholeShare(load<u32>(cell, 4), load<u32>(cell), mean))
  }
  roundDirection(present)
  for (let i: usize = 0; i < n; i++) {
    const key = column + (i << 4)
    const level = <usize>load<u16>(key, 2)
    if (level == MISSING) continue
    const cell = levelCells + (level << 4)
    const label = <usize>load<u8>(key)
    const w = <f64>(<u32>load<u8>(key, 1) * load<u32>(localFactors + (label << 2)))
    store<f64>(cell, load<f64>(cell, 8) + w * load<f64>(localCounts + (label << 3)), 8)
  }
  for (let i: usize = 0; i < n; i++) {
    const level = <u32>load<u16>(column + (i << 4), 2)
    let order = i64.MAX_VALUE
    if (level != MISSING) {
      const cell = levelCells + (<usize>level << 4)
      order = orderOf(<f32>(load<f64>(cell, 8) / <f64>load<u32>(cell)), level)
    }
    store<i64>(levelOrders + (i << 3), order)
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

/** How far a level's share of the heaviest class is above the mean, in whole 2^-26ths: products with weights stay whole. */
export function wholeShare(heavy: f64, weight: f64, mean: f64): f64 {
  return nearest((heavy / weight - mean) * 67108864)
}

/** Brings the direction in localCounts, f64 a class, to whole numbers up to 2^26. */
export function roundDirection(present: u32): void {
  let most: f64 = 0
  for (let c: usize = 0; c < present; c++) most = max(most, abs(load<f64>(localCounts + (c << 3))))
  if (most == 0) return
  const exponent = <i32>((reinterpret<u64>(most) >> 52) & 0x7ff) - 1023
  const unit = reinterpret<f64>(<u64>(1023 + 25 - exponent) << 52)
  for (let c: usize = 0; c < present; c++) {
    const at = localCounts + (c << 3)
    store<f64>(at, nearest(load<f64>(at) * unit))
  }
}

/** Writes the places by levelOrders to the keys, and u32 place << 16 | level of each sample to `places`; clears the cells. */
function toPlaces(column: usize, places: usize, n: u32): void {
  const end = levelOrders + (<usize>n << 3)
  v128.store(end, i64x2.splat(i64.MAX_VALUE))
  v128.store(end, i64x2.splat(i64.MAX_VALUE), 16)
  let ties: u32 = 0
  // By what levels are ordered by alone, four at a time, which tells levels apart unless two are ordered by the same.
  for (let i: usize = 0; i < n; i++) {
    const at = column + (i << 4)
    const level = <u32>load<u16>(at, 2)
    const order = v128.load32_splat(levelOrders + (i << 3), 4)
    let before = i32x4.splat(0)
    for (let other = levelOrders; other < end; other += 32) {
      const four = i32x4.shuffle(v128.load(other), v128.load(other, 16), 1, 3, 5, 7)
      before = i32x4.sub(before, i32x4.gt_s(order, four))
    }
    const pairs = i32x4.add(before, i32x4.shuffle(before, before, 2, 3, 0, 1))
    let place = <u32>(i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1))
    store<u32>(placeLevel + (<usize>place << 2), level)
    if (level == MISSING) place = MISSING
    else v128.store(levelCells + (<usize>level << 4), i64x2.splat(0))
    store<u16>(at, place, 2)
    store<u32>(places + (i << 2), (place << 16) | level)
  }
  for (let i: usize = 0; i < n; i++) {
    const both = load<u32>(places + (i << 2))
    const level = both & 0xffff
    ties |= select<u32>(0, load<u32>(placeLevel + (<usize>(both >> 16) << 2)) ^ level, level == MISSING)
  }
  if (ties == 0) return
  for (let i: usize = 0; i < n; i++) {
    const level = load<u32>(places + (i << 2)) & 0xffff
    if (level == MISSING) continue
    const order = v128.load64_splat(levelOrders + (i << 3))
    let before = i64x2.splat(0)
    for (let other = levelOrders; other < end; other += 16) {
      before = i64x2.sub(before, i64x2.gt_s(order, v128.load(other)))
    }
    const place = <u32>(i64x2.extract_lane(before, 0) + i64x2.extract_lane(before, 1))
    store<u16>(column + (i << 4), place, 2)
    store<u32>(places + (i << 2), (place << 16) | level)
  }
}

/** Keeps the places of a lane whose cut is the best. */
export function keepLane(lane: u32, n: u32): void {
  keepPlaces(levelPlaces + (<usize>lane << 7), n)
}
