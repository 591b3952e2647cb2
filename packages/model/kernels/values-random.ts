import { bestScore, GO_LEFT, GO_RIGHT, setBest, setLeft, setMissing } from './best'
import { cutLanes, drawCuts, isCut, keepThreshold, lacksValue, lastSide, leavesEnough, twoSided } from './cuts'
import { LEFT_SIDE } from './gaps'
import { cellOf, sizeOf } from './kinds'
import { pick4 } from './lanes'
import { NETWORK_ROWS } from './network'
import { gathered, laneSums, minLeaf, missing, rowSums } from './state'
import { topLane, topScore, topSide } from './top'
import { score } from './values-score'
import { roundValues, scoreOf } from './values-small'

/**
 * laneSums: u32[4] rows on the left, f64 [4][weight, product] of them (at 16), i32[4] rounded products of a small node (80); and
 * the same of missing values from GONE_SUMS on.
 */
export function lookRandom<T>(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: f64,
  sum: f64,
): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, <u32>sizeOf<T>())
  const small = sizeOf<T>() == 16 && n <= <u32>NETWORK_ROWS
  const all = small ? roundValues(first, end, weight, sum) : 0
  const gaps = missing != 0 && (lacksValue(0) || lacksValue(1) || lacksValue(2) || lacksValue(3))
  if (gaps) sumBoth<T>(at, first, end, small)
  else sumLanes<T>(at, first, end, small)
  if (small) {
    const lane = scoreSmall(gaps, n, weight, all)
    if (topScore > bestScore) keepCut(topScore, lane, pick4(lane, f0, f1, f2, f3), topSide)
    return
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    if (!isCut(lane)) continue
    const last = lastSide(lane)
    for (let side = GO_RIGHT; side <= last; side++) {
      const rows = rowsOn(lane, side)
      if (rows < minLeaf || n - rows < minLeaf) continue
      const s = score(sumOn(lane, side, 0), sumOn(lane, side, 8), weight, sum)
      if (s > bestScore) keepCut(s, lane, pick4(lane, f0, f1, f2, f3), side)
    }
  }
}

/** Scores the cuts of a small node, with missing values on either side if `gaps`, and picks the best; answers its lane. */
function scoreSmall(gaps: bool, n: u32, weight: f64, all: i32): u32 {
  const none = f32x4.splat(-1)
  const whole = f32x4.splat(<f32>weight)
  const total = i32x4.splat(all)
  const rows = v128.load(laneSums)
  const rounded = v128.load(laneSums, 80)
  const nl = weightsIn(laneSums)
  v128.store(laneSums, v128.bitselect(scoreOf(rounded, nl, total, whole), none, v128.and(cutLanes(), leavesEnough(rows, n))))
  if (gaps) {
    const gone = laneSums + GONE_SUMS
    const left = i32x4.add(rows, v128.load(gone))
    const other = scoreOf(i32x4.add(rounded, v128.load(gone, 80)), f32x4.add(nl, weightsIn(gone)), total, whole)
    v128.store(laneSums, v128.bitselect(other, none, v128.and(twoSided(), leavesEnough(left, n))), LEFT_SIDE)
  }
  return topLane(gaps)
}

/** The weights of four lanes as f32. */
function weightsIn(at: usize): v128 {
  const low = f32x4.demote_f64x2_zero(i64x2.shuffle(v128.load(at, 16), v128.load(at, 32), 0, 2))
  const high = f32x4.demote_f64x2_zero(i64x2.shuffle(v128.load(at, 48), v128.load(at, 64), 0, 2))
  return i64x2.shuffle(low, high, 0, 2)
}

function keepCut(s: f64, lane: u32, f: u32, side: u32): void {
  setBest(s, f, 0, 1)
  keepThreshold(lane, f)
  if (lacksValue(lane)) setMissing(side)
  setLeft(sumOn(lane, side, 0), sumOn(lane, side, 8), 0, rowsOn(lane, side))
}

/** Weight (part 0) or sum (part 8) on the left of a lane's cut, with missing values on a side. */
function sumOn(lane: u32, side: u32, part: usize): f64 {
  const cell = laneSums + (<usize>lane << 4) + part
  return load<f64>(cell, 16) + (side == GO_LEFT ? load<f64>(cell, GONE_SUMS + 16) : 0)
}

function rowsOn(lane: u32, side: u32): u32 {
  const slot = laneSums + (<usize>lane << 2)
  return load<u32>(slot, ROWS) + (side == GO_LEFT ? load<u32>(slot, GONE_SUMS) : 0)
}

const GONE_SUMS: usize = 256

/** The rows on the left once more, since scores take their place. */
const ROWS: usize = 96

/** Sums up what is at or below the thresholds. */
function sumLanes<T>(at: v128, first: usize, end: usize, small: bool): void {
  let row = gathered
  let value = rowSums
  let count = i32x4.splat(0)
  let rounded = count
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  for (let p = first; p < end; p += sizeOf<T>(), row += 16, value += 8) {
    const mask = f32x4.le(v128.load(row), at)
    const cell = cellOf<T>(p)
    count = i32x4.sub(count, mask)
    a = f64x2.add(a, v128.and(i32x4.shuffle(mask, mask, 0, 0, 0, 0), cell))
    b = f64x2.add(b, v128.and(i32x4.shuffle(mask, mask, 1, 1, 1, 1), cell))
    c = f64x2.add(c, v128.and(i32x4.shuffle(mask, mask, 2, 2, 2, 2), cell))
    d = f64x2.add(d, v128.and(i32x4.shuffle(mask, mask, 3, 3, 3, 3), cell))
    if (small) rounded = i32x4.add(rounded, v128.and(mask, v128.load32_splat(value)))
  }
  storeSums(laneSums, count, a, b, c, d, rounded)
}

/** The same, and what is missing. */
function sumBoth<T>(at: v128, first: usize, end: usize, small: bool): void {
  let row = gathered
  let value = rowSums
  let count = i32x4.splat(0)
  let rounded = count
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  let goneCount = count
  let goneRounded = count
  let goneA = a
  let goneB = a
  let goneC = a
  let goneD = a
  for (let p = first; p < end; p += sizeOf<T>(), row += 16, value += 8) {
    const v = v128.load(row)
    const mask = f32x4.le(v, at)
    const cell = cellOf<T>(p)
    count = i32x4.sub(count, mask)
    a = f64x2.add(a, v128.and(i32x4.shuffle(mask, mask, 0, 0, 0, 0), cell))
    b = f64x2.add(b, v128.and(i32x4.shuffle(mask, mask, 1, 1, 1, 1), cell))
    c = f64x2.add(c, v128.and(i32x4.shuffle(mask, mask, 2, 2, 2, 2), cell))
    d = f64x2.add(d, v128.and(i32x4.shuffle(mask, mask, 3, 3, 3, 3), cell))
    const gone = f32x4.ne(v, v)
    goneCount = i32x4.sub(goneCount, gone)
    goneA = f64x2.add(goneA, v128.and(i32x4.shuffle(gone, gone, 0, 0, 0, 0), cell))
    goneB = f64x2.add(goneB, v128.and(i32x4.shuffle(gone, gone, 1, 1, 1, 1), cell))
    goneC = f64x2.add(goneC, v128.and(i32x4.shuffle(gone, gone, 2, 2, 2, 2), cell))
    goneD = f64x2.add(goneD, v128.and(i32x4.shuffle(gone, gone, 3, 3, 3, 3), cell))
    if (small) {
      const q = v128.load32_splat(value)
      rounded = i32x4.add(rounded, v128.and(mask, q))
      goneRounded = i32x4.add(goneRounded, v128.and(gone, q))
    }
  }
  storeSums(laneSums, count, a, b, c, d, rounded)
  storeSums(laneSums + GONE_SUMS, goneCount, goneA, goneB, goneC, goneD, goneRounded)
}

function storeSums(to: usize, count: v128, a: v128, b: v128, c: v128, d: v128, rounded: v128): void {
  v128.store(to, count)
  v128.store(to, count, ROWS)
  v128.store(to, a, 16)
  v128.store(to, b, 32)
  v128.store(to, c, 48)
  v128.store(to, d, 64)
  v128.store(to, rounded, 80)
}
