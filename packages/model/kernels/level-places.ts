import { heaviestOf } from './direction'
import { pick4 } from './lanes'
import { BY_HEAVIEST, joinPlaces, orderRuns, placeOfRun, placeRuns, runCount, secondIsFirst, shiftOfRun } from './level-runs'
import { arrangeByShare, listShares } from './level-shares'
import { NETWORK_ROWS } from './network'
import { classFactors, keyRows, laneChanges, laneRuns, levelCount, levelPlaces, maxBins, MISSING, randomCuts, rowWeights, sortedKeys } from './state'
import { keepPair, keepPlaces } from './subsets'

/*
 * Categories of a small node are lanes like its numbers: the network has sorted them by level, and here the runs of samples of one
 * level are brought into the order of levels; places take the stead of levels in the keys. Two levels, of which most nodes have no more, have one
 * cut whichever is first: they stay as they are, and which of them goes left is found if that cut is the best.
 */

/** Whether level-shares.ts has put the levels in order. */
let byShare: bool = false

/** Whether the categories of a node of n samples are lanes; with random cuts all are. Where levels have to share bins they are looked at one by one. */
export function levelsAreLanes(n: u32): bool {
  return randomCuts || (n <= <u32>NETWORK_ROWS && (maxBins == 0 || n <= maxBins) && rowWeights == 0)
}

/** Does so for the categories among four features whose sorted keys stand in keyRows. */
export function arrangeLevels(f0: u32, f1: u32, f2: u32, f3: u32, n: u32, way: u32, present: u32): void {
  const isLevels = i32x4.ne(i32x4(levelCount(f0), levelCount(f1), levelCount(f2), levelCount(f3)), i32x4.splat(0))
  if (!v128.any_true(isLevels)) return
  const changes = changesOf(n)
  const last = i32x4.shr_u(v128.load(keyRows + (<usize>(n - 1) << 4)), 16)
  const zero = i32x4.splat(0)
  // More than one bit, or one beside missing values, which have a place of their own.
  const many = i32x4.ne(v128.and(changes, i32x4.sub(changes, i32x4.splat(1))), zero)
  const gaps = v128.and(i32x4.eq(last, i32x4.splat(MISSING)), i32x4.ne(changes, zero))
  v128.store(laneChanges, changes)
  v128.store(laneRuns, zero)
  const parted = v128.and(isLevels, v128.or(many, gaps))
  byShare = way == BY_HEAVIEST && classFactors == 0
  if (byShare) {
    if (!v128.any_true(parted)) return
    arrangeByShare(parted, n, heaviestOf(present))
    v128.store(laneRuns, v128.and(parted, i32x4.splat(n)))
    return
  }
  for (let lanes = i32x4.bitmask(parted); lanes != 0; lanes &= lanes - 1) {
    const lane = <u32>ctz(lanes)
    const column = keyRows + (<usize>lane << 2)
    if (lane > 0 && pick4(lane, f0, f1, f2, f3) == pick4(lane - 1, f0, f1, f2, f3)) {
      // A short group repeats its last feature, which then loses to itself.
      for (let at = column; at < column + (<usize>n << 4); at += 16) store<u32>(at, load<u32>(at - 4))
      continue
    }
    const mine = load<u32>(laneChanges + (<usize>lane << 2))
    orderRuns(column, n, mine, way, present)
    placeRuns(n)
    if (way == BY_HEAVIEST) joinPlaces()
    moveRuns(lane, column, n)
  }
}

/** A bit of each sample that the next one's code differs from, in each of four sorted columns. */
export function changesOf(n: u32): v128 {
  const end = keyRows + (<usize>(n - 1) << 4)
  let code = i32x4.shr_u(v128.load(keyRows), 16)
  let bit = i32x4.splat(1)
  let changes = i32x4.splat(0)
  for (let row = keyRows; row < end; row += 16) {
    const next = i32x4.shr_u(v128.load(row, 16), 16)
    changes = v128.or(changes, v128.andnot(bit, i32x4.eq(code, next)))
    bit = i32x4.shl(bit, 1)
    code = next
  }
  return changes
}

/** Puts the samples in the order of the places of their runs, and keeps u32 place << 16 | level of each run. */
function moveRuns(lane: u32, column: usize, n: u32): void {
  const list = levelPlaces + (<usize>lane << 7)
  const end = column + (<usize>n << 4)
  let bits = load<u32>(laneChanges + (<usize>lane << 2))
  let to = sortedKeys
  let run: u32 = 0
  for (let row = column; row < end; row += 16, to += 4, bits >>= 1) {
    const key = load<u32>(row)
    const place = placeOfRun(run)
    store<u32>(list + (<usize>run << 2), place | (key >> 16))
    store<u32>(to + (<usize>shiftOfRun(run) << 2), place | (key & 0xffff))
    run += bits & 1
  }
  store<u32>(laneRuns + (<usize>lane << 2), runCount)
  // Rows are read as vectors next, and a processor waits for narrower writes.
  const mine = i32x4.eq(i32x4.splat(lane), i32x4(0, 1, 2, 3))
  const last = keyRows + (<usize>n << 4)
  for (let row = keyRows, from = sortedKeys; row < last; row += 16, from += 4) {
    v128.store(row, v128.bitselect(v128.load32_splat(from), v128.load(row), mine))
  }
}

/** Whether a lane has two levels, sorted by their numbers. */
export function isPair(lane: u32): bool {
  return load<u32>(laneRuns + (<usize>lane << 2)) == 0
}

/** Keeps the places of a lane whose cut is the best. */
export function keepLane(lane: u32): void {
  if (byShare) {
    keepPlaces(sortedKeys, listShares(lane, load<u32>(laneRuns + (<usize>lane << 2))))
    return
  }
  const count = load<u32>(laneRuns + (<usize>lane << 2))
  keepPlaces(levelPlaces + (<usize>lane << 7), count)
}

/** Keeps the cut between the two levels of a lane, next to which these rows stand, as the best. */
export function keepPairLane(lane: u32, place: u32, aIsLeft: bool): void {
  const at = keyRows + (<usize>lane << 2) + (<usize>place << 4)
  keepPair(load<u16>(at, 2), load<u16>(at, 18), aIsLeft)
}

/** Whether the higher of the two levels of a lane stands first. */
export function higherIsFirst(lane: u32, n: u32, way: u32, present: u32): bool {
  orderRuns(keyRows + (<usize>lane << 2), n, load<u32>(laneChanges + (<usize>lane << 2)), way, present)
  return secondIsFirst()
}
