import { heaviestOf, SHARE_STEPS } from './direction'
import { four } from './lanes'
import { classFactors, levelRuns, localFactors, MISSING } from './state'

/*
 * A category of a small node whose samples are sorted by level: those of one level are a run. Runs are numbered in the order of
 * their levels, get what they are ordered by, and their places in that order.
 */

/** What runs are ordered by: the share of one of two classes, or the rounded share of the heaviest of more. */
export const BY_FIRST: u32 = 0
export const BY_SECOND: u32 = 1
export const BY_HEAVIEST: u32 = 2

// Arrays at levelRuns, of 36 items: by sample i64 sum up to it; by run i64 weight << 32 | part of it; i32 place << 16 if
// equal ones have one; i32 what it is ordered by; u32 place << 16; u32 how many rows it moves down; u32 end, the sample behind its last, after a 0. What is read as vectors is written as
// vectors: a processor waits for narrower writes.
const SUMS: usize = 36 * 8
const JOINED: usize = SUMS + 36 * 8
const ORDERS: usize = JOINED + 36 * 4
const PLACES: usize = ORDERS + 36 * 4
const SHIFTS: usize = PLACES + 36 * 4
const ENDS: usize = SHIFTS + 36 * 4

/** Runs whose level is not MISSING. */
export let runCount: u32 = 0

/** Place of a run, << 16. */
export function placeOfRun(run: u32): u32 {
  return load<u32>(levelRuns + (<usize>run << 2), PLACES)
}

/** Rows that the samples of a run move down when they are put in order. */
export function shiftOfRun(run: u32): u32 {
  return load<u32>(levelRuns + (<usize>run << 2), SHIFTS)
}

/** Whether the second of two runs stands before the first. */
export function secondIsFirst(): bool {
  return load<i32>(levelRuns, ORDERS + 4) < load<i32>(levelRuns, ORDERS)
}

/** Finds what the runs of a sorted column of n samples are ordered by; `changes` has a bit of each sample that the next one's level differs from. */
export function orderRuns(column: usize, n: u32, changes: u32, way: u32, present: u32): void {
  if (way == BY_HEAVIEST) sumHeaviest(column, n, heaviestOf(present))
  else sumShares(column, n, way == BY_SECOND ? 8 : 0)
  let run: usize = 0
  let before: i64 = 0
  store<u32>(levelRuns, 0, ENDS)
  for (let ends = changes | (1 << (n - 1)); ends != 0; ends &= ends - 1, run++) {
    const last = ctz(ends)
    const sum = load<i64>(levelRuns + (<usize>last << 3))
    store<i64>(levelRuns + (run << 3), sum - before, SUMS)
    store<u32>(levelRuns + (run << 2), last + 1, ENDS + 4)
    before = sum
  }
  // Missing values are the last run.
  runCount = <u32>run - <u32>(load<u16>(column + (<usize>(n - 1) << 4), 2) == MISSING)
  for (let r: u32 = 0; r < runCount; r += 4) orderFour(r, way == BY_HEAVIEST)
}

/** Sums of weight << 32 | weight of the class whose bits in the key start at `shift`. */
function sumShares(column: usize, n: u32, shift: u32): void {
  const end = levelRuns + (<usize>n << 3)
  let sum: i64 = 0
  for (let at = levelRuns; at < end; at += 8, column += 16) {
    const key = load<u32>(column)
    sum += (<i64>((key & 0xff) + ((key >> 8) & 0xff)) << 32) | <i64>((key >> shift) & 0xff)
    store<i64>(at, sum)
  }
}

/** Sums of weight << 32 | weight of the heaviest class. */
function sumHeaviest(column: usize, n: u32, heaviest: u32): void {
  const end = levelRuns + (<usize>n << 3)
  let sum: i64 = 0
  for (let at = levelRuns; at < end; at += 8, column += 16) {
    const key = load<u32>(column)
    const weight = <i64>weighed(key)
    sum += (weight << 32) | select<i64>(weight, 0, (key & 0xff) == heaviest)
    store<i64>(at, sum)
  }
}

/** The weight of a sample of several classes. */
function weighed(key: u32): u32 {
  const weight = (key >> 8) & 0xff
  return classFactors == 0 ? weight : weight * load<u32>(localFactors + (<usize>(key & 0xff) << 2))
}

/** Orders four runs by parts over weights; in whole shares if `rounded`. */
function orderFour(run: u32, rounded: bool): void {
  const low = meansOf(run)
  const high = meansOf(run + 2)
  let bits = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
  if (rounded) bits = f32x4.nearest(f32x4.mul(bits, f32x4.splat(SHARE_STEPS)))
  // Compared as i32, and what is beyond the runs comes last.
  const order = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(i32.MAX_VALUE)))
  const isRun = i32x4.gt_s(i32x4.splat(runCount - run), i32x4(0, 1, 2, 3))
  v128.store(levelRuns + (<usize>run << 2), v128.bitselect(order, i32x4.splat(i32.MAX_VALUE), isRun), ORDERS)
}

function meansOf(run: u32): v128 {
  const at = levelRuns + (<usize>run << 3)
  const a = load<i64>(at, SUMS)
  const b = load<i64>(at, SUMS + 8)
  const weights = f64x2.replace_lane(f64x2.splat(<f64>(a >> 32)), 1, <f64>(b >> 32))
  return f64x2.div(f64x2.replace_lane(f64x2.splat(<f64>(<i32>a)), 1, <f64>(<i32>b)), weights)
}

/**
 * Finds the places of the runs of n samples, how many stand before each, and how far their samples move. Equal ones stand in the order of
 * their levels.
 */
export function placeRuns(n: u32): void {
  if (runCount == n) {
    // Runs of one sample move as far as their places do.
    for (let r: u32 = 0; r < runCount; r += 4) placeFour(r, false)
  } else {
    for (let r: u32 = 0; r < runCount; r += 4) placeFour(r, true)
  }
  // Of missing values, if they are a run.
  store<u32>(levelRuns + (<usize>runCount << 2), MISSING << 16, PLACES)
  store<u32>(levelRuns + (<usize>runCount << 2), 0, SHIFTS)
}

/** Gives equal runs one place, unless all are equal. */
export function joinPlaces(): void {
  let apart = i32x4.splat(0)
  for (let r: u32 = 0; r < runCount; r += 4) {
    const mine = v128.load(levelRuns + (<usize>r << 2), ORDERS)
    let place = i32x4.splat(0)
    for (let other: u32 = 0; other < runCount; other++) place = i32x4.sub(place, i32x4.gt_s(mine, orderOf(other)))
    v128.store(levelRuns + (<usize>r << 2), i32x4.shl(place, 16), JOINED)
    apart = v128.or(apart, v128.and(place, i32x4.gt_s(i32x4.splat(runCount - r), i32x4(0, 1, 2, 3))))
  }
  if (!v128.any_true(apart)) return
  for (let r: u32 = 0; r < runCount; r++) {
    const at = levelRuns + (<usize>r << 2)
    store<u32>(at, load<u32>(at, JOINED), PLACES)
  }
}

function placeFour(r: u32, sized: bool): void {
  const mine = v128.load(levelRuns + (<usize>r << 2), ORDERS)
  const first = load<u32>(levelRuns + (<usize>r << 2), ENDS)
  // Runs of lower levels stand before unless theirs is the larger order.
  let place = i32x4.splat(r)
  let start = i32x4.splat(first)
  for (let other: u32 = 0; other < r; other++) {
    const behind = i32x4.gt_s(orderOf(other), mine)
    place = i32x4.add(place, behind)
    if (sized) start = i32x4.sub(start, v128.and(behind, i32x4.splat(sizeOfRun(other))))
  }
  for (let other = r + 4; other < runCount; other++) {
    const before = i32x4.gt_s(mine, orderOf(other))
    place = i32x4.sub(place, before)
    if (sized) start = i32x4.add(start, v128.and(before, i32x4.splat(sizeOfRun(other))))
  }
  const a = i32x4.shuffle(mine, mine, 0, 0, 0, 0)
  const b = i32x4.shuffle(mine, mine, 1, 1, 1, 1)
  const c = i32x4.shuffle(mine, mine, 2, 2, 2, 2)
  const d = i32x4.shuffle(mine, mine, 3, 3, 3, 3)
  const beforeA = v128.andnot(i32x4(0, -1, -1, -1), i32x4.gt_s(a, mine))
  const beforeB = isBefore(b, mine, i32x4(0, 0, -1, -1))
  const beforeC = isBefore(c, mine, i32x4(0, 0, 0, -1))
  const beforeD = i32x4.gt_s(mine, d)
  place = i32x4.sub(place, i32x4.add(i32x4.add(beforeA, beforeB), i32x4.add(beforeC, beforeD)))
  v128.store(levelRuns + (<usize>r << 2), i32x4.shl(place, 16), PLACES)
  if (!sized) {
    v128.store(levelRuns + (<usize>r << 2), i32x4.sub(place, i32x4.add(i32x4.splat(r), i32x4(0, 1, 2, 3))), SHIFTS)
    return
  }
  const ends = endsFrom(r)
  const starts = i32x4.replace_lane(i32x4.shuffle(ends, ends, 0, 0, 1, 2), 0, first)
  const sizes = i32x4.sub(ends, starts)
  const ab = i32x4.add(v128.and(beforeA, i32x4.shuffle(sizes, sizes, 0, 0, 0, 0)), v128.and(beforeB, i32x4.shuffle(sizes, sizes, 1, 1, 1, 1)))
  const cd = i32x4.add(v128.and(beforeC, i32x4.shuffle(sizes, sizes, 2, 2, 2, 2)), v128.and(beforeD, i32x4.shuffle(sizes, sizes, 3, 3, 3, 3)))
  v128.store(levelRuns + (<usize>r << 2), i32x4.sub(i32x4.add(start, i32x4.add(ab, cd)), starts), SHIFTS)
}

function orderOf(run: u32): v128 {
  return v128.load32_splat(levelRuns + (<usize>run << 2), ORDERS)
}

function sizeOfRun(run: u32): u32 {
  const at = levelRuns + (<usize>run << 2)
  return load<u32>(at, ENDS + 4) - load<u32>(at, ENDS)
}

/** The ends of four runs. */
function endsFrom(run: u32): v128 {
  const at = levelRuns + (<usize>run << 2) + ENDS + 4
  return four(at, at + 4, at + 8, at + 12)
}

/** -1 where a run stands before others, with a higher level in the lanes of `above`. */
function isBefore(order: v128, others: v128, above: v128): v128 {
  return v128.bitselect(v128.not(i32x4.gt_s(order, others)), i32x4.gt_s(others, order), above)
}
