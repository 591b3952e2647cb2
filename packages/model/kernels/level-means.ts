import { sortColumns } from './network'
import { changesOf } from './level-places'
import { keyRows, levelCount, levelRuns, MISSING, rowSums } from './state'
import { freeKeys, keepKeys } from './subsets'

/*
 * Categories of a small node of numbers are lanes like its numbers: their samples, sorted by level, get in the stead of it the mean of their level and are sorted
 * once more. Levels of one mean are not parted, unless all levels of the node are of one. Two levels, of which most nodes hold no more, have one cut whichever is first: they stay as they
 * are, and which of them goes left is found if that cut is the best.
 */

/** The bits of a key that tell a code, and a mean: the others tell the sample. */
export const CODE_BITS: i32 = -65536
const MEAN_BITS: i32 = -32

/** A bit of each lane that is sorted by means or, as all are equal, by levels, more than two or beside missing values. */
let lanesArranged: u32 = 0

/** The rows of keys before they were sorted by means. */
let sortedByLevel: usize = 0

/** Whether a lane has two levels, sorted by their numbers. */
export function isPair(lane: u32): bool {
  return ((lanesArranged >> lane) & 1) == 0
}

/** Does so for the categories among four features whose n sorted keys stand in keyRows; answers which bits of a lane's keys tell its places. */
export function arrangeByMean(f0: u32, f1: u32, f2: u32, f3: u32, n: u32): v128 {
  const codes = i32x4.splat(CODE_BITS)
  lanesArranged = 0
  const isLevels = i32x4.ne(i32x4(levelCount(f0), levelCount(f1), levelCount(f2), levelCount(f3)), i32x4.splat(0))
  if (!v128.any_true(isLevels)) return codes
  const parted = v128.and(isLevels, partedLanes(n))
  if (!v128.any_true(parted)) return codes
  lanesArranged = i32x4.bitmask(parted)
  sortedByLevel = freeKeys()
  sumLevels(n)
  const lanes = v128.andnot(parted, placeMeans(parted, n))
  sortColumns(keyRows, n)
  return v128.bitselect(i32x4.splat(MEAN_BITS), codes, lanes)
}

/** The sorted columns that have three codes and more, or two of which one is missing. */
function partedLanes(n: u32): v128 {
  const changes = changesOf(n)
  const zero = i32x4.splat(0)
  const last = i32x4.shr_u(v128.load(keyRows + (<usize>(n - 1) << 4)), 16)
  const gaps = v128.and(i32x4.eq(last, i32x4.splat(MISSING)), i32x4.ne(changes, zero))
  return v128.or(i32x4.ne(v128.and(changes, i32x4.sub(changes, i32x4.splat(1))), zero), gaps)
}

/** Writes, by sample, the sum and the weight of its level up to it. */
function sumLevels(n: u32): void {
  const end = keyRows + (<usize>n << 4)
  let level = i32x4.splat(-1)
  let sum = i32x4.splat(0)
  let weight = f32x4.splat(0)
  for (let row = keyRows, to = levelRuns; row < end; row += 16, to += 32) {
    const mine = i32x4.shr_u(v128.load(row), 16)
    const same = i32x4.eq(mine, level)
    const a = cellsOf(row)
    const b = cellsOf(row + 8)
    sum = i32x4.add(valuesOf(a, b), v128.and(sum, same))
    weight = f32x4.add(weightsOf(a, b), v128.and(weight, same))
    v128.store(to, sum)
    v128.store(to, weight, 16)
    level = mine
  }
}

/** Puts means in the place of levels in the lanes of a mask, but not where all are equal: answers the mask of those. Keeps the keys as they were. */
function placeMeans(lanes: v128, n: u32): v128 {
  const gone = i32x4.splat(MISSING)
  let least = i32x4.splat(-1)
  let most = i32x4.splat(0)
  let level = i32x4.splat(-1)
  let sum = i32x4.splat(0)
  let weight = f32x4.splat(0)
  for (let at = <usize>(n - 1) << 4; <isize>at >= 0; at -= 16) {
    const key = v128.load(keyRows + at)
    const mine = i32x4.shr_u(key, 16)
    const same = i32x4.eq(mine, level)
    sum = v128.bitselect(sum, v128.load(levelRuns + (at << 1)), same)
    weight = v128.bitselect(weight, v128.load(levelRuns + (at << 1), 16), same)
    level = mine
    const isGone = i32x4.eq(mine, gone)
    const mean = v128.or(placeOf(f32x4.div(f32x4.convert_i32x4_s(sum), weight)), isGone)
    least = i32x4.min_u(least, mean)
    most = i32x4.max_u(most, v128.andnot(mean, isGone))
    v128.store(sortedByLevel + at, key)
    const placed = v128.bitselect(mean, key, i32x4.splat(MEAN_BITS))
    v128.store(keyRows + at, v128.bitselect(placed, key, lanes))
  }
  const rest = i32x4.splat(MEAN_BITS)
  const isFlat = v128.and(i32x4.eq(v128.and(least, rest), v128.and(most, rest)), lanes)
  if (v128.any_true(isFlat)) takeBack(isFlat, n)
  return isFlat
}

/** The place of one mean. */
export function placeOfMean(sum: f32, weight: f32): u32 {
  return i32x4.extract_lane(placeOf(f32x4.splat(sum / weight)), 0) >>> 5
}

/** Means as unsigned whole numbers that are ordered alike, of which MEAN_BITS count. */
export function placeOf(means: v128): v128 {
  return v128.xor(means, v128.or(i32x4.shr_s(means, 31), i32x4.splat(i32.MIN_VALUE)))
}

function takeBack(lanes: v128, n: u32): void {
  for (let at: usize = 0; at < <usize>n << 4; at += 16) {
    v128.store(keyRows + at, v128.bitselect(v128.load(sortedByLevel + at), v128.load(keyRows + at), lanes))
  }
}

/** Two of the cells that a sorted row's samples have in rowSums. */
export function cellsOf(row: usize): v128 {
  return v128.load_lane<u64>(
    rowSums + (<usize>(load<u8>(row, 4) & 31) << 3),
    v128.load64_zero(rowSums + (<usize>(load<u8>(row) & 31) << 3)),
    1,
  )
}

/** The values, and the weights, of four cells. */
export function valuesOf(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 2, 4, 6)
}

export function weightsOf(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 1, 3, 5, 7)
}

/** Keeps the cut of a lane of n samples as the best, by the samples that go left, a bit each. */
export function keepLane(lane: u32, n: u32, left: u32): void {
  keepKeys(sortedByLevel + (<usize>lane << 2), n, left)
}
