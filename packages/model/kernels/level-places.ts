import { pick4 } from './lanes'
import { BY_DIRECTION, orderByDirection, orderByMean } from './level-orders'
import { LEVELS, ORDERS } from './level-sums'
import { NETWORK_ROWS } from './network'
import { keyRows, levelCount, levelOrders, levelPlaces, maxBins, MISSING, randomCuts, rowWeights } from './state'
import { keepPlaces } from './subsets'

/*
 * Categories of a small node are lanes like its numbers: before the lanes are sorted, places in the order of levels take the
 * stead of levels in their keys. The place of a sample is the number of samples whose levels come earlier, by what levels
 * are ordered by, as a float32, and then by their numbers. Samples are few, so each is compared with all, four at a time.
 */

/** Whether the categories of a node of n samples are lanes. Where levels have to share bins they are looked at one by one. */
export function levelsAreLanes(n: u32): bool {
  return n <= <u32>NETWORK_ROWS && (maxBins == 0 || n <= maxBins) && rowWeights == 0 && !randomCuts
}

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
