import { GO_LEFT, GO_RIGHT, bestScore, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { cutLanes, drawCuts, isCut, keepThreshold, lacksValue, lastSide, leavesEnough, twoSided } from './cuts'
import { wins } from './draw'
import { LEFT_SIDE } from './gaps'
import { sizeOf } from './kinds'
import { pick4 } from './lanes'
import { countLane } from './many-children'
import { present, weight } from './many-node'
import { LEFT, scoreRandom, scoreRandomBoth, scoreRandomEntropy, scoreRandomHeavy } from './many-random-score'
import { LIGHT_MANY } from './many-score'
import {
  classFactors,
  classLocal,
  gathered,
  laneSums,
  localCounts,
  minLeaf,
  missing,
  terms,
  unitCells,
} from './state'
import { topLane, topScore, topSide } from './top'
import { LIGHT } from './two-score'

/**
 * i32 [class][lane] left weights in localCounts: one vector of four features a class. In a node that lacks values and weighs less
 * than LIGHT the weight of missing values is in the upper halves, so that one pass counts both.
 */
export function lookRandom<T>(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, <u32>sizeOf<T>())
  const gaps = missing != 0 && (lacksValue(0) || lacksValue(1) || lacksValue(2) || lacksValue(3))
  halves = gaps && sizeOf<T>() == 8 && weight < LIGHT
  clearBytes(localCounts, <usize>present << 4)
  const left = halves
    ? countBoth(at, first, end)
    : sizeOf<T>() == 8 && minLeaf == 1
      ? countTwice(at, first, end)
      : countLanes<T>(false, at, first, end)
  if (sizeOf<T>() == 8 && weight < LIGHT_MANY && classFactors == 0 && terms == 0) {
    keepLight(left, f0, f1, f2, f3, n)
    return
  }
  keepLanes<T>(GO_RIGHT, left, f0, f1, f2, f3, n)
  if (!gaps) return
  // Missing values join what is on the left already.
  const gone = halves ? v128.load(laneSums, GONE_ROWS) : countLanes<T>(true, at, first, end)
  keepLanes<T>(GO_LEFT, i32x4.add(left, gone), f0, f1, f2, f3, n)
}

/** Whether the weights of missing values are in the upper halves of localCounts. */
let halves: bool = false

// Where laneSums holds i32[4] rows on the left, in a light node too, and rows that lack a value.
const ROWS: usize = 128
const LIGHT_ROWS: usize = 80
const GONE_ROWS: usize = 144

/** Adds what is at or below the thresholds to the lower halves, what is missing to the upper ones; answers the former's rows. */
function countBoth(at: v128, first: usize, end: usize): v128 {
  const counts = localCounts
  const local = classLocal
  let row = gathered
  let rows = i32x4.splat(0)
  let goneRows = rows
  for (let p = first; p < end; p += 8, row += 16) {
    const v = v128.load(row)
    const mask = f32x4.le(v, at)
    const gone = f32x4.ne(v, v)
    const pay = load<u32>(p, 4)
    const w = pay >> 16
    const to = counts + (<usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 4)
    const add = v128.or(v128.and(mask, i32x4.splat(w)), v128.and(gone, i32x4.splat(w << 16)))
    v128.store(to, i32x4.add(v128.load(to), add))
    rows = i32x4.sub(rows, mask)
    goneRows = i32x4.sub(goneRows, gone)
  }
  v128.store(laneSums, goneRows, GONE_ROWS)
  return rows
}

/**
 * Adds what is at or below the thresholds to the left weights, every other sample beside them, since one waits for the last of its class. Rows are
 * not counted: both sides have some.
 */
function countTwice(at: v128, first: usize, end: usize): v128 {
  const local = classLocal
  const counts = localCounts
  const others = counts + (<usize>present << 4)
  clearBytes(others, <usize>present << 4)
  let row = gathered
  let p = first
  for (const last = end - 8; p < last; p += 16, row += 32) {
    const a = load<u32>(p, 4)
    const b = load<u32>(p, 12)
    const to = counts + (<usize>load<u16>(local + (<usize>(a & 0xffff) << 1)) << 4)
    const other = others + (<usize>load<u16>(local + (<usize>(b & 0xffff) << 1)) << 4)
    v128.store(to, i32x4.add(v128.load(to), v128.and(f32x4.le(v128.load(row), at), i32x4.splat(a >> 16))))
    v128.store(other, i32x4.add(v128.load(other), v128.and(f32x4.le(v128.load(row, 16), at), i32x4.splat(b >> 16))))
  }
  if (p < end) {
    const a = load<u32>(p, 4)
    const to = counts + (<usize>load<u16>(local + (<usize>(a & 0xffff) << 1)) << 4)
    v128.store(to, i32x4.add(v128.load(to), v128.and(f32x4.le(v128.load(row), at), i32x4.splat(a >> 16))))
  }
  for (let to = counts; to < others; to += 16) v128.store(to, i32x4.add(v128.load(to), v128.load(to + (<usize>present << 4))))
  return i32x4.splat(1)
}

/** Adds what is at or below the thresholds, or what is missing, to the left weights; answers the rows by lane. */
function countLanes<T>(gone: bool, at: v128, first: usize, end: usize): v128 {
  const counts = localCounts
  const local = classLocal
  let row = gathered
  let rows = i32x4.splat(0)
  let cell = unitCells
  for (let p = first; p < end; p += sizeOf<T>(), row += 16, cell += 8) {
    const v = v128.load(row)
    const mask = gone ? f32x4.ne(v, v) : f32x4.le(v, at)
    const pay = load<u32>(p, 4)
    const label = sizeOf<T>() == 24 ? load<u32>(cell, 4) : <u32>load<u16>(local + (<usize>(pay & 0xffff) << 1))
    const w = sizeOf<T>() == 24 ? load<u32>(cell) : pay >> 16
    const to = counts + (<usize>label << 4)
    rows = i32x4.sub(rows, mask)
    v128.store(to, i32x4.add(v128.load(to), v128.and(mask, i32x4.splat(w))))
  }
  return rows
}

/** Scores the cuts of a light node, where missing values are in upper halves, and keeps the best if it beats what there is. */
function keepLight(rows: v128, f0: u32, f1: u32, f2: u32, f3: u32, n: u32): void {
  const none = f32x4.splat(-1)
  const left = halves ? i32x4.add(rows, v128.load(laneSums, GONE_ROWS)) : rows
  v128.store(laneSums, rows, LIGHT_ROWS)
  v128.store(laneSums, left, LIGHT_ROWS + LEFT)
  if (halves) scoreRandomBoth()
  else scoreRandom()
  v128.store(laneSums, v128.bitselect(v128.load(laneSums), none, v128.and(cutLanes(), leavesEnough(rows, n))))
  if (halves) {
    const mask = v128.and(twoSided(), leavesEnough(left, n))
    v128.store(laneSums, v128.bitselect(v128.load(laneSums, LEFT), none, mask), LEFT_SIDE)
  }
  const lane = topLane(halves)
  if (topScore <= bestScore) return
  const slot = laneSums + (<usize>lane << 2) + (topSide == GO_LEFT ? LEFT : 0)
  const f = pick4(lane, f0, f1, f2, f3)
  setBest(topScore, f, 0, 1)
  keepThreshold(lane, f)
  if (lacksValue(lane)) setMissing(topSide)
  setLeft(load<u32>(slot, 64), load<u32>(slot, 32), load<u32>(slot, 48), load<u32>(slot, LIGHT_ROWS))
  countLane(localCounts + (<usize>lane << 2), halves, topSide == GO_LEFT)
}

/** Scores the four cuts with missing values on one side; what was drawn first wins where scores tie. */
function keepLanes<T>(side: u32, left: v128, f0: u32, f1: u32, f2: u32, f3: u32, n: u32): void {
  const short = sizeOf<T>() == 8 && weight < LIGHT && classFactors == 0 && terms == 0
  if (terms != 0) scoreRandomEntropy(side, halves)
  else if (!short) scoreRandomHeavy(side, halves)
  else if (!halves) scoreRandom()
  else if (side == GO_RIGHT) scoreRandomBoth()
  const sums = laneSums + (short && halves && side == GO_LEFT ? LEFT : 0)
  v128.store(laneSums, left, ROWS)
  for (let lane: u32 = 0; lane < 4; lane++) {
    if (!isCut(lane) || side > lastSide(lane)) continue
    const at = sums + (<usize>lane << 3)
    const score = load<f64>(at)
    const f = pick4(lane, f0, f1, f2, f3)
    const l = load<u32>(laneSums + (<usize>lane << 2), ROWS)
    if (l < minLeaf || n - l < minLeaf) continue
    if (side == GO_LEFT ? wins(score, f) : score > bestScore) {
      setBest(score, f, 0, 1)
      keepThreshold(lane, f)
      if (lacksValue(lane)) setMissing(side)
      setLeft(load<f64>(at, 96), load<f64>(at, 32), load<f64>(at, 64), l)
      if (sizeOf<T>() == 8) countLane(localCounts + (<usize>lane << 2), halves, side == GO_LEFT)
    }
  }
}
