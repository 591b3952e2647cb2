import { GO_LEFT, GO_RIGHT, bestScore, setBest, setLeft, setMissing, setThreshold } from './best'
import { clearBytes } from './bytes'
import { drawCuts, isCut, lacksValue, lastSide, thresholdOf } from './cuts'
import { wins } from './draw'
import { sizeOf } from './kinds'
import { upper } from './lanes'
import { present, squares, weight } from './many-node'
import { LIGHT_MANY, scoreFour, scoreHeavy, scorePair } from './many-score'
import {
  classFactors,
  classList,
  classLocal,
  classTotals,
  gathered,
  laneSums,
  localCounts,
  localFactors,
  localTotals,
  minLeaf,
  missing,
  unitCells,
} from './state'
import { pick4 } from './lanes'
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
  const left = halves ? countBoth(at, first, end) : countLanes<T>(false, at, first, end)
  keepLanes<T>(GO_RIGHT, left, f0, f1, f2, f3, n)
  if (!gaps) return
  // Missing values join what is on the left already.
  const gone = halves ? v128.load(laneSums, GONE_ROWS) : countLanes<T>(true, at, first, end)
  keepLanes<T>(GO_LEFT, i32x4.add(left, gone), f0, f1, f2, f3, n)
}

/** Whether the weights of missing values are in the upper halves of localCounts. */
let halves: bool = false

// Where laneSums holds i32[4] rows on the left and rows that lack a value, and the scores with missing values on the left.
const ROWS: usize = 128
const GONE_ROWS: usize = 144
const LEFT: usize = 256

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

/** Scores the four cuts with missing values on one side; what was drawn first wins where scores tie. */
function keepLanes<T>(side: u32, left: v128, f0: u32, f1: u32, f2: u32, f3: u32, n: u32): void {
  const short = sizeOf<T>() == 8 && weight < LIGHT && classFactors == 0
  if (!short) scoreRandomHeavy(side)
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
      setThreshold(thresholdOf(lane))
      if (lacksValue(lane)) setMissing(side)
      setLeft(load<f64>(at, 96), load<f64>(at, 32), load<f64>(at, 64), l)
    }
  }
}

/** laneSums gets f64[4] scores and, at 32, 64 and 96, lsq, M and the left weights. */
function scoreRandom(): void {
  let lsq = i32x4.splat(0)
  let m = lsq
  let nl = lsq
  for (let i: usize = 0; i < present; i++) {
    const l = v128.load(localCounts + (i << 4))
    lsq = i32x4.add(lsq, i32x4.mul(l, l))
    m = i32x4.add(m, i32x4.mul(l, totalOf(i)))
    nl = i32x4.add(nl, l)
  }
  storeScores(laneSums, lsq, m, nl)
}

/** The same, and from LEFT on with missing values on the left, by what many-counts.ts says. */
function scoreRandomBoth(): void {
  const low = i32x4.splat(0xffff)
  let lsq = i32x4.splat(0)
  let cross = lsq
  let gsq = lsq
  let m = lsq
  let gm = lsq
  let nl = lsq
  let gone = lsq
  for (let i: usize = 0; i < present; i++) {
    const both = v128.load(localCounts + (i << 4))
    const l = v128.and(both, low)
    const g = i32x4.shr_u(both, 16)
    const total = totalOf(i)
    lsq = i32x4.add(lsq, i32x4.dot_i16x8_s(l, l))
    cross = i32x4.add(cross, i32x4.dot_i16x8_s(l, g))
    gsq = i32x4.add(gsq, i32x4.dot_i16x8_s(g, g))
    m = i32x4.add(m, i32x4.dot_i16x8_s(l, total))
    gm = i32x4.add(gm, i32x4.dot_i16x8_s(g, total))
    nl = i32x4.add(nl, l)
    gone = i32x4.add(gone, g)
  }
  storeScores(laneSums, lsq, m, nl)
  const lsqLeft = i32x4.add(i32x4.add(lsq, gsq), i32x4.shl(cross, 1))
  storeScores(laneSums + LEFT, lsqLeft, i32x4.add(m, gm), i32x4.add(nl, gone))
}

/** The weight of class i in the node. */
function totalOf(i: usize): v128 {
  return v128.load32_splat(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2))
}

function storeScores(at: usize, lsq: v128, m: v128, nl: v128): void {
  const nr = i32x4.sub(i32x4.splat(weight), nl)
  const rsq = i32x4.add(i32x4.sub(i32x4.splat(<u32>squares), i32x4.shl(m, 1)), lsq)
  if (weight < LIGHT_MANY) {
    const score = scoreFour(lsq, rsq, nl, nr)
    v128.store(at, f64x2.promote_low_f32x4(score))
    v128.store(at, f64x2.promote_low_f32x4(upper(score)), 16)
  } else {
    v128.store(at, scorePair(lsq, rsq, nl, nr))
    v128.store(at, scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr)), 16)
  }
  storeFour(at + 32, lsq)
  storeFour(at + 64, m)
  storeFour(at + 96, nl)
}

function storeFour(at: usize, v: v128): void {
  v128.store(at, f64x2.convert_low_i32x4_s(v))
  v128.store(at, f64x2.convert_low_i32x4_s(upper(v)), 16)
}

function scoreRandomHeavy(side: u32): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    let lsq: f64 = 0
    let m: f64 = 0
    let nl: f64 = 0
    for (let i: usize = 0; i < present; i++) {
      const both = load<u32>(localCounts + (i << 4) + (lane << 2))
      const count = !halves ? both : (both & 0xffff) + (side == GO_LEFT ? both >> 16 : 0)
      const l = <f64>(count * load<u32>(localFactors + (i << 2)))
      lsq += l * l
      m += l * <f64>load<u32>(localTotals + (i << 2))
      nl += l
    }
    const at = laneSums + (lane << 3)
    store<f64>(at, scoreHeavy(lsq, m, nl))
    store<f64>(at, lsq, 32)
    store<f64>(at, m, 64)
    store<f64>(at, nl, 96)
  }
}
