import { GO_LEFT, NOT_KNOWN, NO_RIGHT, bestScore, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { scanHistogram, scanUnitHistogram, setLeftOfBin } from './class-weights'
import { wins } from './draw'
import { GONE } from './gaps'
import { pick4, upper } from './lanes'
import { fillShortTotals, light, present, squares, weight } from './many-node'
import { scoreFour, scorePair } from './many-score'
import {
  bounds,
  classFactors,
  classSums,
  histogram,
  laneSums,
  levels,
  rowWeights,
  shortTotals,
} from './state'

/** Tries the cuts of a filled histogram with missing values on one side; `gaps` tells whether there may be any. */
export function scanBins(
  side: u32,
  gaps: bool,
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  used: u32,
  width: usize,
  line: u32,
): void {
  const h = histogram
  const groups = <usize>((present + 7) >> 3) << 4
  const sums = classSums
  if (side == GO_LEFT) memory.copy(sums, h + (GONE << line), width << 2)
  else clearBytes(sums, width << 2)
  if (rowWeights != 0) {
    const halves = <usize>((present + 3) >> 2) << 4
    scanUnitHistogram(used, width, line, halves)
    keepBins(side, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, halves)
    return
  }
  if (classFactors != 0) {
    scanHistogram(used, width, line, groups)
    keepBins(side, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
    return
  }
  const totals = shortTotals
  fillShortTotals()
  const one = i16x8.splat(1)
  const all = i32x4.splat(weight)
  const tsq = i32x4.splat(<u32>squares)
  let best = f32x4.splat(-1)
  let bestLow = f64x2.splat(-1)
  let bestHigh = f64x2.splat(-1)
  let bestAt = i32x4.splat(0)
  let lsqAt = i32x4.splat(0)
  let mAt = i32x4.splat(0)
  let nlAt = i32x4.splat(0)
  for (let b: u32 = 0; b < used; b++) {
    const bin = h + (<usize>b << line)
    let q0 = i32x4.splat(0)
    let q1 = q0
    let q2 = q0
    let q3 = q0
    let m0 = q0
    let m1 = q0
    let m2 = q0
    let m3 = q0
    let w0 = q0
    let w1 = q0
    let w2 = q0
    let w3 = q0
    for (let g: usize = 0; g < groups; g += 16) {
      const t = v128.load(totals + g)
      const l0 = i16x8.add(v128.load(sums + g), v128.load(bin + g))
      const l1 = i16x8.add(v128.load(sums + width + g), v128.load(bin + width + g))
      const l2 = i16x8.add(v128.load(sums + 2 * width + g), v128.load(bin + 2 * width + g))
      const l3 = i16x8.add(v128.load(sums + 3 * width + g), v128.load(bin + 3 * width + g))
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
      w0 = i32x4.add(w0, i32x4.dot_i16x8_s(l0, one))
      w1 = i32x4.add(w1, i32x4.dot_i16x8_s(l1, one))
      w2 = i32x4.add(w2, i32x4.dot_i16x8_s(l2, one))
      w3 = i32x4.add(w3, i32x4.dot_i16x8_s(l3, one))
    }
    const lsq = sumColumns(q0, q1, q2, q3)
    const m = sumColumns(m0, m1, m2, m3)
    const nl = sumColumns(w0, w1, w2, w3)
    const nr = i32x4.sub(all, nl)
    const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
    let better: v128
    if (light) {
      const s = scoreFour(lsq, rsq, nl, nr)
      better = f32x4.gt(s, best)
      best = v128.bitselect(s, best, better)
    } else {
      const low = scorePair(lsq, rsq, nl, nr)
      const high = scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr))
      const betterLow = f64x2.gt(low, bestLow)
      const betterHigh = f64x2.gt(high, bestHigh)
      bestLow = v128.bitselect(low, bestLow, betterLow)
      bestHigh = v128.bitselect(high, bestHigh, betterHigh)
      better = i8x16.shuffle(betterLow, betterHigh, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
    }
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, better)
    lsqAt = v128.bitselect(lsq, lsqAt, better)
    mAt = v128.bitselect(m, mAt, better)
    nlAt = v128.bitselect(nl, nlAt, better)
  }
  if (light) {
    bestLow = f64x2.promote_low_f32x4(best)
    bestHigh = f64x2.promote_low_f32x4(upper(best))
  }
  v128.store(laneSums, bestLow)
  v128.store(laneSums, bestHigh, 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, lsqAt, 48)
  v128.store(laneSums, mAt, 64)
  v128.store(laneSums, nlAt, 80)
  keepBins(side, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
}

/** Keeps the best of the four lanes' best cuts if it beats what there is. */
function keepBins(
  side: u32,
  gaps: bool,
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  used: u32,
  width: usize,
  line: u32,
  groups: usize,
): void {
  const h = histogram
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    const f = pick4(lane, f0, f1, f2, f3)
    const gone = gaps && !emptyBin(h + (GONE << line) + <usize>lane * width, groups)
    if (side == GO_LEFT ? gone && wins(score, f) : score > bestScore || (levels != 0 && score >= 0 && wins(score, f))) {
      const shift = pick4(lane, s0, s1, s2, s3)
      const lo = <u32>load<u16>(bounds + (<usize>f << 2))
      const slot = laneSums + (<usize>lane << 2)
      const bin = load<u32>(slot, 32)
      let right: u32 = NOT_KNOWN
      if (shift == 0) {
        right = bin + 1
        while (right < used && emptyBin(h + (<usize>right << line) + <usize>lane * width, groups)) right++
        right = right < used ? right + lo : NO_RIGHT
      }
      setBest(score, f, lo + ((bin + 1) << shift) - 1, right)
      if (classFactors != 0 || rowWeights != 0) setLeftOfBin(lane)
      else setLeft(load<u32>(slot, 80), load<u32>(slot, 48), load<u32>(slot, 64), 0)
      if (gone) setMissing(side)
    }
  }
}

function emptyBin(at: usize, bytes: usize): bool {
  for (let g: usize = 0; g < bytes; g += 16) if (v128.any_true(v128.load(at + g))) return false
  return true
}

/** The sums of four vectors, as a vector. */
function sumColumns(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 2, 6), i32x4.shuffle(a, b, 1, 5, 3, 7))
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 2, 6), i32x4.shuffle(c, d, 1, 5, 3, 7))
  return i32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3))
}
