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

/** i32 [class][lane] left weights: one vector of four features a class. */
export function lookRandom<T>(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, <u32>sizeOf<T>())
  clearBytes(localCounts, <usize>present << 4)
  const left = countLanes<T>(false, at, first, end)
  keepLanes<T>(GO_RIGHT, left, f0, f1, f2, f3, n)
  if (missing == 0 || !(lacksValue(0) || lacksValue(1) || lacksValue(2) || lacksValue(3))) return
  // Missing values join what is on the left already.
  keepLanes<T>(GO_LEFT, i32x4.add(left, countLanes<T>(true, at, first, end)), f0, f1, f2, f3, n)
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
  if (sizeOf<T>() == 8 && weight < LIGHT && classFactors == 0) scoreRandom()
  else scoreRandomHeavy()
  v128.store(laneSums, left, 128)
  for (let lane: u32 = 0; lane < 4; lane++) {
    if (!isCut(lane) || side > lastSide(lane)) continue
    const at = laneSums + (<usize>lane << 3)
    const score = load<f64>(at)
    const f = pick4(lane, f0, f1, f2, f3)
    const l = load<u32>(laneSums + (<usize>lane << 2), 128)
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
    const total = v128.load32_splat(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2))
    lsq = i32x4.add(lsq, i32x4.mul(l, l))
    m = i32x4.add(m, i32x4.mul(l, total))
    nl = i32x4.add(nl, l)
  }
  const nr = i32x4.sub(i32x4.splat(weight), nl)
  const rsq = i32x4.add(i32x4.sub(i32x4.splat(<u32>squares), i32x4.shl(m, 1)), lsq)
  if (weight < LIGHT_MANY) {
    const score = scoreFour(lsq, rsq, nl, nr)
    v128.store(laneSums, f64x2.promote_low_f32x4(score))
    v128.store(laneSums, f64x2.promote_low_f32x4(upper(score)), 16)
  } else {
    v128.store(laneSums, scorePair(lsq, rsq, nl, nr))
    v128.store(laneSums, scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr)), 16)
  }
  storeFour(laneSums + 32, lsq)
  storeFour(laneSums + 64, m)
  storeFour(laneSums + 96, nl)
}

function storeFour(at: usize, v: v128): void {
  v128.store(at, f64x2.convert_low_i32x4_s(v))
  v128.store(at, f64x2.convert_low_i32x4_s(upper(v)), 16)
}

function scoreRandomHeavy(): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    let lsq: f64 = 0
    let m: f64 = 0
    let nl: f64 = 0
    for (let i: usize = 0; i < present; i++) {
      const l = <f64>(load<u32>(localCounts + (i << 4) + (lane << 2)) * load<u32>(localFactors + (i << 2)))
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
