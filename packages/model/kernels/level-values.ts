import { bestFeature, bestMissing, bestScore, GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setLeft, setMissing } from './best'
import { wins } from './draw'
import { cellOf, productOf, sizeOf, weightOf } from './kinds'
import { countRow } from './level-cuts'
import { keepLevels } from './level-lanes'
import { placeOfMean } from './level-means'
import { lookLevelOffsets } from './level-offsets'
import { clearLevels, countPlaces, holdLevel, levelList, listCells, listLevels, looksAtCells, shiftOfPlaces, sortLevels } from './levels'
import { NETWORK_ROWS } from './network'
import { codes, digits, hasMissing, histogram, levelCells, levelRows, minLeaf, MISSING, rowSums, usesBins } from './state'
import { isLeft, keepList, settleSubset } from './subsets'
import { CELL, GONE } from './values-refine'
import { score as scoreValues } from './values-score'
import { roundValues } from './values-small'

/* A category of a node of numbers, as level-cuts.ts looks at one of two classes. */

/** Numbers: the values of a small node are rounded as for its other features. */
export function lookLevelsOfValues<T>(f: u32, first: usize, end: usize, n: u32, weight: f64, sum: f64): void {
  const at = codes + (<usize>f << 1)
  const lacking = hasMissing(f) ? MISSING : 0x10000
  const counted = minLeaf > 1
  const cells = looksAtCells(f, n)
  if (sizeOf<T>() == 16 && !cells && n > <u32>NETWORK_ROWS && usesBins() && lookLevelOffsets(f, first, end, n, weight, sum)) return
  const small = sizeOf<T>() == 16 && n <= <u32>NETWORK_ROWS
  const all = small ? roundValues(first, end, weight, sum) : 0
  let missingWeight: f64 = 0
  let missingSum: f64 = 0
  let gone: u32 = 0
  let rounded = rowSums
  if (small || counted || hasMissing(f)) {
    for (let p = first; p < end; p += sizeOf<T>(), rounded += 8) {
      const level = <u32>load<u16>(at + load<u32>(p))
      const w = weightOf<T>(p)
      const value = small ? <f64>load<i32>(rounded) : productOf<T>(p)
      if (level == lacking) {
        missingWeight += w
        missingSum += value
        gone++
        continue
      }
      const cell = levelCells + (<usize>level << 4)
      if (!cells) holdLevel(level)
      v128.store(cell, f64x2.add(v128.load(cell), f64x2(w, value)))
      if (counted) countRow(level)
    }
  } else {
    for (let p = first; p < end; p += sizeOf<T>()) {
      const level = <u32>load<u16>(at + load<u32>(p))
      const cell = levelCells + (<usize>level << 4)
      if (!cells) holdLevel(level)
      v128.store(cell, f64x2.add(v128.load(cell), cellOf<T>(p)))
    }
  }
  const count = cells ? listCells(f, levelCells, 4) : listLevels(f)
  orderLevels(levelCells, 4, count, small)
  const list = sortLevels(count)
  tryLevels(f, levelCells, 4, list, count, n, weight, sum, missingWeight, missingSum, gone, small, all)
  if (small && bestFeature == f && bestScore >= 0) setExactLeft<T>(f, first, end, lacking)
  clearLevels(list, count, counted)
}

/**
 * The same for a lane of a large node's histogram, summed up with its numbers: its levels are put in order, so that their cuts are tried with those of
 * the numbers, which have `used` bins; answers how many levels there are. Where they are many more, or share bins, they are tried by themselves and the
 * lane is emptied, as is one that repeats the one before: 0.
 */
export function takeLane(f: u32, lane: u32, repeats: bool, gaps: bool, n: u32, weight: f64, sum: f64, used: u32): u32 {
  const cells = histogram + (<usize>lane << 4)
  const gone = cells + (GONE << CELL)
  const count = listCells(f, cells, CELL)
  let list = levelList
  if (!repeats) {
    orderLevels(cells, CELL, count, false)
    list = sortLevels(count)
    if (count <= used + (used >> 1) && shiftOfPlaces(count, n) == 0) {
      moveCells(cells, list, count)
      keepLevels(lane, list, count)
      return count
    }
    const missingWeight: f64 = gaps ? load<f64>(gone) : 0
    const missingSum: f64 = gaps ? load<f64>(gone, 8) : 0
    const lacking = <u32>(missingWeight > 0)
    tryLevels(f, cells, CELL, list, count, n, weight, sum, missingWeight, missingSum, lacking, false, 0)
  }
  const end = list + (<usize>count << 4)
  for (let p = list; p < end; p += 16) v128.store(cells + (<usize>load<u32>(p, 8) << CELL), i64x2.splat(0))
  v128.store(gone, i64x2.splat(0))
  return 0
}

/** Moves the cells of the levels listed to their places. */
function moveCells(cells: usize, list: usize, count: u32): void {
  const end = list + (<usize>count << 4)
  let to = digits
  for (let p = list; p < end; p += 16, to += 16) {
    const cell = cells + (<usize>load<u32>(p, 8) << CELL)
    v128.store(to, v128.load(cell))
    v128.store(cell, i64x2.splat(0))
  }
  for (let from = digits; from < to; from += 16, cells += 1 << CELL) v128.store(cells, v128.load(from))
}

/** Finds the means that the levels listed are ordered by. */
function orderLevels(cells: usize, line: u32, count: u32, small: bool): void {
  const listEnd = levelList + (<usize>count << 4)
  if (small) {
    for (let p = levelList; p < listEnd; p += 16) {
      const cell = cells + (<usize>load<u32>(p, 8) << line)
      store<f64>(p, <f64>placeOfMean(<f32>load<f64>(cell, 8), <f32>load<f64>(cell)))
    }
    return
  }
  let p = levelList
  for (; p + 16 < listEnd; p += 32) {
    const a = v128.load(cells + (<usize>load<u32>(p, 8) << line))
    const b = v128.load(cells + (<usize>load<u32>(p, 24) << line))
    const means = f64x2.div(i64x2.shuffle(a, b, 1, 3), i64x2.shuffle(a, b, 0, 2))
    v128.store_lane<u64>(p, means, 0)
    v128.store_lane<u64>(p, means, 1, 16)
  }
  if (p < listEnd) {
    const cell = cells + (<usize>load<u32>(p, 8) << line)
    store<f64>(p, load<f64>(cell, 8) / load<f64>(cell))
  }
}

/** Tries the cuts between levels that are listed in order. */
function tryLevels(
  f: u32,
  cells: usize,
  line: u32,
  list: usize,
  count: u32,
  n: u32,
  weight: f64,
  sum: f64,
  missingWeight: f64,
  missingSum: f64,
  gone: u32,
  small: bool,
  all: i32,
): void {
  const counted = minLeaf > 1
  const places = small ? countPlaces(list, count) : count
  const shift = shiftOfPlaces(places, n)
  if (gone == 0 && !counted && !small && shift == 0) {
    tryAll(f, cells, line, list, count, weight, sum)
    return
  }
  let top: f64 = -1
  let topAt: u32 = 0
  let topWeight: f64 = 0
  let topSum: f64 = 0
  let topRows: u32 = 0
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    const topBefore = top
    let nl = side == GO_LEFT ? missingWeight : 0
    let sl = side == GO_LEFT ? missingSum : 0
    let rows = side == GO_LEFT ? gone : 0
    let place: u32 = 0
    for (let i: u32 = 0; i < count; i++) {
      const record = list + (<usize>i << 4)
      const level = <usize>load<u32>(record, 8)
      nl += load<f64>(cells + (level << line))
      sl += load<f64>(cells + (level << line), 8)
      if (counted) rows += load<u32>(levelRows + (level << 2))
      const before = place
      if (i + 1 < count) {
        place += <u32>(places == count || load<f64>(record) != load<f64>(record, 16))
        if (place >> shift == before >> shift) continue
      } else if (gone == 0 || side == GO_LEFT) {
        break
      }
      if (counted && (rows < minLeaf || n - rows < minLeaf)) continue
      const score = small ? scoreRounded(nl, sl, weight, all) : scoreValues(nl, sl, weight, sum)
      if (score > top) {
        top = score
        topAt = i
        topWeight = nl
        topSum = sl
        topRows = rows
      }
    }
    if (top > topBefore && wins(top, f)) {
      setBest(top, f, topAt, NO_RIGHT)
      setMissing(gone > 0 ? side : NONE)
      setLeft(topWeight, topSum, 0, counted ? topRows : 0)
      keepList(list, count)
    }
  }
}

/** Tries the cut behind every level but the last, two at a time. */
function tryAll(f: u32, cells: usize, line: u32, list: usize, count: u32, weight: f64, sum: f64): void {
  const whole = f64x2.splat(weight)
  const total = f64x2.splat(sum)
  let left = f64x2.splat(0)
  let best = f64x2.splat(-1)
  let bestAt = i64x2.splat(0)
  let weights = left
  let sums = left
  let at = i64x2(0, 1)
  // An even number ends behind the last level, where nothing is on the right: 0/0 beats nothing.
  for (let i: u32 = 0; i + 1 < count; i += 2, at = i64x2.add(at, i64x2.splat(2))) {
    const record = list + (<usize>i << 4)
    const first = f64x2.add(left, v128.load(cells + (<usize>load<u32>(record, 8) << line)))
    left = f64x2.add(first, v128.load(cells + (<usize>load<u32>(record, 24) << line)))
    const n = i64x2.shuffle(first, left, 0, 2)
    const s = i64x2.shuffle(first, left, 1, 3)
    const r = f64x2.sub(whole, n)
    const d = f64x2.sub(f64x2.mul(s, r), f64x2.mul(f64x2.sub(total, s), n))
    const score = f64x2.div(f64x2.mul(d, d), f64x2.mul(n, r))
    const better = f64x2.gt(score, best)
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(at, bestAt, better)
    weights = v128.bitselect(n, weights, better)
    sums = v128.bitselect(s, sums, better)
  }
  if (winsOfTwo(f, best, bestAt, weights, sums)) keepList(list, count)
}

/** Whether the better of the best even and odd cuts, with the weights and sums on their left, beats what there is; if so, it is the best from now on. */
export function winsOfTwo(f: u32, best: v128, bestAt: v128, weights: v128, sums: v128): bool {
  const a = f64x2.extract_lane(best, 0)
  const b = f64x2.extract_lane(best, 1)
  const atA = <u32>i64x2.extract_lane(bestAt, 0)
  const atB = <u32>i64x2.extract_lane(bestAt, 1)
  const isSecond = b > a || (b == a && atB < atA)
  const top = isSecond ? b : a
  if (top < 0 || !wins(top, f)) return false
  setBest(top, f, isSecond ? atB : atA, NO_RIGHT)
  setMissing(NONE)
  if (isSecond) setLeft(f64x2.extract_lane(weights, 1), f64x2.extract_lane(sums, 1), 0, 0)
  else setLeft(f64x2.extract_lane(weights, 0), f64x2.extract_lane(sums, 0), 0, 0)
  return true
}

function scoreRounded(nl: f64, sl: f64, weight: f64, all: i32): f64 {
  const d = <f32>(2 * sl - <f64>all)
  return <f64>((d * d) / (<f32>nl * <f32>(weight - nl)))
}

/** What the best cut of a small node has on its left, of the values before they were rounded. */
function setExactLeft<T>(f: u32, first: usize, end: usize, lacking: u32): void {
  settleSubset<T>(f, first, end)
  const at = codes + (<usize>f << 1)
  const goneLeft = bestMissing == GO_LEFT
  let nl: f64 = 0
  let sl: f64 = 0
  for (let p = first; p < end; p += sizeOf<T>()) {
    const level = <u32>load<u16>(at + load<u32>(p))
    if (!(level == lacking ? goneLeft : isLeft(level))) continue
    nl += weightOf<T>(p)
    sl += productOf<T>(p)
  }
  setLeft(nl, sl, 0, 0)
}
