import { GO_LEFT, GO_RIGHT, bestScore, setBest, setLeft, setMissing } from './best'
import { cutLanes, drawCuts, isCut, keepThreshold, lacksValue, lastSide, leavesEnough, twoSided } from './cuts'
import { LEFT_SIDE } from './gaps'
import { pick4 } from './lanes'
import { gathered, laneSums, minLeaf, missing, terms } from './state'
import { topLane, topScore, topSide } from './top'
import * as entropy from './two-entropy'
import { LIGHT, factor0, factor1, scoreHeavy } from './two-score'
import { scoreOf } from './two-small'

/** Where laneSums holds u32[4] rows on the left, weights of both classes (16, 32), and the same of missing values (48, 64, 80). */
const COUNTS: usize = 256

export function lookRandom(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, 8)
  const light = c0 + c1 < LIGHT
  if (light) countLight(at, first, end)
  else countHeavy(at, first, end)
  if (light && terms == 0) {
    const gaps = missing != 0 && (lacksValue(0) || lacksValue(1) || lacksValue(2) || lacksValue(3))
    const lane = scoreLanes(gaps, n, c0, c1)
    if (topScore > bestScore) keepCut(topScore, lane, pick4(lane, f0, f1, f2, f3), topSide)
    return
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    if (!isCut(lane)) continue
    const last = lastSide(lane)
    for (let side = GO_RIGHT; side <= last; side++) {
      const rows = countOn(lane, side, 0)
      if (rows < minLeaf || n - rows < minLeaf) continue
      const l0 = countOn(lane, side, 16)
      const l1 = countOn(lane, side, 32)
      const score = terms != 0 ? entropy.scoreHeavy(l0, l1, c0, c1) : scoreHeavy(l0, l1, c0, c1)
      if (score > bestScore) keepCut(score, lane, pick4(lane, f0, f1, f2, f3), side)
    }
  }
}

function keepCut(score: f64, lane: u32, f: u32, side: u32): void {
  setBest(score, f, 0, 1)
  keepThreshold(lane, f)
  if (lacksValue(lane)) setMissing(side)
  setLeft(countOn(lane, side, 16), countOn(lane, side, 32), 0, countOn(lane, side, 0))
}

/** Rows (part 0) or weight of a class (16, 32) on the left of a lane's cut, with missing values on a side. */
function countOn(lane: u32, side: u32, part: usize): u32 {
  const slot = laneSums + COUNTS + (<usize>lane << 2) + part
  return load<u32>(slot) + (side == GO_LEFT ? load<u32>(slot, 48) : 0)
}

/** Scores the cuts, with missing values on either side if `gaps`, and picks the best; answers its lane. */
function scoreLanes(gaps: bool, n: u32, c0: u32, c1: u32): u32 {
  const counts = laneSums + COUNTS
  const none = f32x4.splat(-1)
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  const rows = v128.load(counts)
  const left = v128.or(v128.load(counts, 16), i32x4.shl(v128.load(counts, 32), 16))
  const score = scoreOf(left, turned, factors, weight)
  v128.store(laneSums, v128.bitselect(score, none, v128.and(cutLanes(), leavesEnough(rows, n))))
  if (gaps) {
    const gone = v128.or(v128.load(counts, 64), i32x4.shl(v128.load(counts, 80), 16))
    const other = scoreOf(i32x4.add(left, gone), turned, factors, weight)
    const enough = leavesEnough(i32x4.add(rows, v128.load(counts, 48)), n)
    v128.store(laneSums, v128.bitselect(other, none, v128.and(twoSided(), enough)), LEFT_SIDE)
  }
  return topLane(gaps)
}

/** Both weights of a row are in one lane. */
function countLight(at: v128, first: usize, end: usize): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let left = rows
  if (missing == 0) {
    for (let p = first; p < end; p += 8, row += 16) {
      const mask = f32x4.le(v128.load(row), at)
      rows = i32x4.sub(rows, mask)
      left = i32x4.add(left, v128.and(mask, v128.load32_splat(p, 4)))
    }
  } else {
    let goneRows = rows
    let goneLeft = rows
    for (let p = first; p < end; p += 8, row += 16) {
      const v = v128.load(row)
      const pay = v128.load32_splat(p, 4)
      const mask = f32x4.le(v, at)
      const gone = f32x4.ne(v, v)
      rows = i32x4.sub(rows, mask)
      left = i32x4.add(left, v128.and(mask, pay))
      goneRows = i32x4.sub(goneRows, gone)
      goneLeft = i32x4.add(goneLeft, v128.and(gone, pay))
    }
    store4(48, goneRows, v128.and(goneLeft, i32x4.splat(0xffff)), i32x4.shr_u(goneLeft, 16))
  }
  store4(0, rows, v128.and(left, i32x4.splat(0xffff)), i32x4.shr_u(left, 16))
}

function countHeavy(at: v128, first: usize, end: usize): void {
  countMask(false, at, first, end)
  if (missing != 0) countMask(true, at, first, end)
}

function countMask(gone: bool, at: v128, first: usize, end: usize): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let first4 = rows
  let second4 = rows
  for (let p = first; p < end; p += 8, row += 16) {
    const v = v128.load(row)
    const mask = gone ? f32x4.ne(v, v) : f32x4.le(v, at)
    const pay = load<u32>(p, 4)
    rows = i32x4.sub(rows, mask)
    first4 = i32x4.add(first4, v128.and(mask, i32x4.splat(pay & 0xffff)))
    second4 = i32x4.add(second4, v128.and(mask, i32x4.splat(pay >> 16)))
  }
  store4(gone ? 48 : 0, rows, first4, second4)
}

function store4(offset: usize, rows: v128, first4: v128, second4: v128): void {
  const at = laneSums + COUNTS + offset
  v128.store(at, rows)
  v128.store(at, first4, 16)
  v128.store(at, second4, 32)
}
