import { bestScore } from './best'
import { clearBytes } from './bytes'
import { GONE } from './gaps'
import { sumColumns, upper } from './lanes'
import { fillShortTotals, light, squares, weight } from './many-node'
import { scoreFour, scorePair } from './many-score'
import { classSums, digits, histogram, laneSums, shortTotals } from './state'

/** Bytes from what laneSums holds of cuts with missing values on the right to the same with them on the left. */
export const LEFT_SUMS: usize = 48

/**
 * The best cut of each lane of the histogram u16 [bin][lane][class]: laneSums gets f64[4] best score and u32[4] its bin (at 32), and with
 * `gaps`, where some lane lacks values, the same with missing values on the left. With g their weights by class a cut that has l of the
 * others on its left then has
 *
 *   lsq + 2 sum l g + sum g^2,   M + sum T g   and   nl + sum g
 *
 * so that one scan serves both sides for one more product; of a heavy node only cuts on the left that may be the best are kept, else -1.
 * classSums is cleared. Without gaps the cut behind the last bin has nothing on its right.
 */
export function scanCounts(gaps: bool, used: u32, width: usize, line: u32, groups: usize): void {
  fillShortTotals()
  if (gaps) {
    if (light) scanMany(true, true, used, width, line, groups)
    else scanMany(true, false, used, width, line, groups)
  } else if (groups > 16) {
    if (light) scanMany(false, true, used, width, line, groups)
    else scanMany(false, false, used, width, line, groups)
  } else if (light) {
    scanEight(true, used)
  } else {
    scanEight(false, used)
  }
}

/** Up to eight classes, none of whose samples lacks a value: the sums of a lane are one vector. */
@inline
function scanEight(light: bool, used: u32): void {
  const one = i16x8.splat(1)
  const t = v128.load(shortTotals)
  let l0 = i32x4.splat(0)
  let l1 = l0
  let l2 = l0
  let l3 = l0
  let bestAt = l0
  let low = light ? f32x4.splat(-1) : f64x2.splat(-1)
  let high = low
  let bin = histogram
  for (let b: u32 = 0; b + 1 < used; b++, bin += 64) {
    l0 = i16x8.add(l0, v128.load(bin))
    l1 = i16x8.add(l1, v128.load(bin, 16))
    l2 = i16x8.add(l2, v128.load(bin, 32))
    l3 = i16x8.add(l3, v128.load(bin, 48))
    const lsq = dotColumns(l0, l1, l2, l3, l0, l1, l2, l3)
    const m = dotColumns(l0, l1, l2, l3, t, t, t, t)
    const nl = dotColumns(l0, l1, l2, l3, one, one, one, one)
    const nr = i32x4.sub(i32x4.splat(weight), nl)
    const rsq = i32x4.add(i32x4.sub(i32x4.splat(<u32>squares), i32x4.shl(m, 1)), lsq)
    let better: v128
    if (light) {
      const score = scoreFour(lsq, rsq, nl, nr)
      better = f32x4.gt(score, low)
      low = v128.bitselect(score, low, better)
    } else {
      const first = scorePair(lsq, rsq, nl, nr)
      const second = scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr))
      const betterLow = f64x2.gt(first, low)
      const betterHigh = f64x2.gt(second, high)
      better = i32x4.shuffle(betterLow, betterHigh, 0, 2, 4, 6)
      low = v128.bitselect(first, low, betterLow)
      high = v128.bitselect(second, high, betterHigh)
    }
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, better)
  }
  keepLanes(light, 0, low, high, bestAt)
}

@inline
function scanMany(gaps: bool, light: bool, used: u32, width: usize, line: u32, groups: usize): void {
  const sums = classSums
  const gone = histogram + (GONE << line)
  const totals = shortTotals
  const one = i16x8.splat(1)
  const zero = i32x4.splat(0)
  const all = i32x4.splat(weight)
  const tsq = i32x4.splat(<u32>squares)
  let goneSquares = zero
  let goneProducts = zero
  let goneWeight = zero
  let bestAt = zero
  let low = light ? f32x4.splat(-1) : f64x2.splat(-1)
  let high = low
  let leftAt = zero
  let leftBest = f32x4.splat(-1)
  let bin = histogram
  const last = gaps ? <i32>used : <i32>used - 1
  for (let b: i32 = gaps ? -1 : 0; b < last; b++) {
    const from = gaps && b < 0 ? gone : bin
    let q0 = zero
    let q1 = zero
    let q2 = zero
    let q3 = zero
    let m0 = zero
    let m1 = zero
    let m2 = zero
    let m3 = zero
    let w0 = zero
    let w1 = zero
    let w2 = zero
    let w3 = zero
    let x0 = zero
    let x1 = zero
    let x2 = zero
    let x3 = zero
    for (let g: usize = 0; g < groups; g += 16) {
      const t = v128.load(totals + g)
      const l0 = i16x8.add(v128.load(sums + g), v128.load(from + g))
      const l1 = i16x8.add(v128.load(sums + width + g), v128.load(from + width + g))
      const l2 = i16x8.add(v128.load(sums + 2 * width + g), v128.load(from + 2 * width + g))
      const l3 = i16x8.add(v128.load(sums + 3 * width + g), v128.load(from + 3 * width + g))
      v128.store(sums + g, l0)
      v128.store(sums + width + g, l1)
      v128.store(sums + 2 * width + g, l2)
      v128.store(sums + 3 * width + g, l3)
      q0 = i32x4.add(q0, i32x4.dot_i16x8_s(l0, l0))
      q1 = i32x4.add(q1, i32x4.dot_i16x8_s(l1, l1))
      q2 = i32x4.add(q2, i32x4.dot_i16x8_s(l2, l2))
      q3 = i32x4.add(q3, i32x4.dot_i16x8_s(l3, l3))
      m0 = i32x4.add(m0, i32x4.dot_i16x8_s(l0, t))
      m1 = i32x4.add(m1, i32x4.dot_i16x8_s(l1, t))
      m2 = i32x4.add(m2, i32x4.dot_i16x8_s(l2, t))
      m3 = i32x4.add(m3, i32x4.dot_i16x8_s(l3, t))
      w0 = i16x8.add(w0, l0)
      w1 = i16x8.add(w1, l1)
      w2 = i16x8.add(w2, l2)
      w3 = i16x8.add(w3, l3)
      if (gaps) {
        x0 = i32x4.add(x0, i32x4.dot_i16x8_s(l0, v128.load(gone + g)))
        x1 = i32x4.add(x1, i32x4.dot_i16x8_s(l1, v128.load(gone + width + g)))
        x2 = i32x4.add(x2, i32x4.dot_i16x8_s(l2, v128.load(gone + 2 * width + g)))
        x3 = i32x4.add(x3, i32x4.dot_i16x8_s(l3, v128.load(gone + 3 * width + g)))
      }
    }
    const lsq = sumColumns(q0, q1, q2, q3)
    const m = sumColumns(m0, m1, m2, m3)
    const nl = dotColumns(w0, w1, w2, w3, one, one, one, one)
    if (gaps && b < 0) {
      goneSquares = lsq
      goneProducts = m
      goneWeight = nl
      clearBytes(sums, width << 2)
      continue
    }
    bin += <usize>1 << line
    const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
    const nr = i32x4.sub(all, nl)
    let better: v128
    if (light) {
      const score = scoreFour(lsq, rsq, nl, nr)
      better = f32x4.gt(score, low)
      low = v128.bitselect(score, low, better)
    } else {
      const first = scorePair(lsq, rsq, nl, nr)
      const second = scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr))
      const betterLow = f64x2.gt(first, low)
      const betterHigh = f64x2.gt(second, high)
      better = i32x4.shuffle(betterLow, betterHigh, 0, 2, 4, 6)
      low = v128.bitselect(first, low, betterLow)
      high = v128.bitselect(second, high, betterHigh)
    }
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, better)
    if (!gaps) continue
    const lsqLeft = i32x4.add(i32x4.add(lsq, i32x4.shl(sumColumns(x0, x1, x2, x3), 1)), goneSquares)
    const mLeft = i32x4.add(m, goneProducts)
    const nlLeft = i32x4.add(nl, goneWeight)
    if (light) {
      const rsqLeft = i32x4.add(i32x4.sub(tsq, i32x4.shl(mLeft, 1)), lsqLeft)
      const left = scoreFour(lsqLeft, rsqLeft, nlLeft, i32x4.sub(all, nlLeft))
      const leftBetter = f32x4.gt(left, leftBest)
      leftBest = v128.bitselect(left, leftBest, leftBetter)
      leftAt = v128.bitselect(i32x4.splat(b), leftAt, leftBetter)
    } else {
      const wait = digits + (<usize>b << LEFT_CELL)
      v128.store(wait, lsqLeft)
      v128.store(wait, mLeft, 16)
      v128.store(wait, nlLeft, 32)
    }
  }
  keepLanes(light, 0, low, high, bestAt)
  if (!gaps) return
  if (light) keepLanes(true, LEFT_SUMS, leftBest, leftBest, leftAt)
  else scanLeft(used)
}

/** The products of eight classes with others, summed up, a lane a number. */
@inline
function dotColumns(a0: v128, a1: v128, a2: v128, a3: v128, b0: v128, b1: v128, b2: v128, b3: v128): v128 {
  return sumColumns(i32x4.dot_i16x8_s(a0, b0), i32x4.dot_i16x8_s(a1, b1), i32x4.dot_i16x8_s(a2, b2), i32x4.dot_i16x8_s(a3, b3))
}

/** Stores the best cuts of four lanes so far behind laneSums: scores in float64, f32[4] in `low` if `light`, and bins. */
@inline
function keepLanes(light: bool, offset: usize, low: v128, high: v128, bin: v128): void {
  const to = laneSums + offset
  v128.store(to, light ? f64x2.promote_low_f32x4(low) : low)
  v128.store(to, light ? f64x2.promote_low_f32x4(upper(low)) : high, 16)
  v128.store(to, bin, 32)
}

/** lsq, M and the weight on the left of a cut with missing values there wait in `digits`, 1 << LEFT_CELL bytes a bin. */
const LEFT_CELL: usize = 6

/** What a score in float32 may be off. */
const SLACK: f64 = 1.000002

/** Keeps the cuts of a heavy node with missing values on the left; few are as good as the best with them on the right, as float32 tells. */
function scanLeft(used: u32): void {
  const right = max(max(scoreIn(0), scoreIn(1)), max(scoreIn(2), scoreIn(3)))
  const floor = f32x4.splat(<f32>(max(bestScore, right) / SLACK))
  const all = i32x4.splat(weight)
  const tsq = i32x4.splat(<u32>squares)
  let low = f64x2.splat(-1)
  let high = low
  let bestAt = i32x4.splat(0)
  for (let b: u32 = 0; b < used; b++) {
    const at = digits + (<usize>b << LEFT_CELL)
    const lsq = v128.load(at)
    const m = v128.load(at, 16)
    const nl = v128.load(at, 32)
    const nr = i32x4.sub(all, nl)
    const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
    if (!v128.any_true(f32x4.ge(scoreFour(lsq, rsq, nl, nr), floor))) continue
    const first = scorePair(lsq, rsq, nl, nr)
    const second = scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr))
    const betterLow = f64x2.gt(first, low)
    const betterHigh = f64x2.gt(second, high)
    low = v128.bitselect(first, low, betterLow)
    high = v128.bitselect(second, high, betterHigh)
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, i32x4.shuffle(betterLow, betterHigh, 0, 2, 4, 6))
  }
  keepLanes(false, LEFT_SUMS, low, high, bestAt)
}

function scoreIn(lane: usize): f64 {
  return load<f64>(laneSums + (lane << 3))
}
