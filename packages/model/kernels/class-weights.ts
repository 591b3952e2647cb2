import { setLeft } from './best'
import {
  classSums,
  histogram,
  laneSums,
  localCounts,
  localFactors,
  localTotals,
  minLeaf,
  rowSums,
  shortFactors,
} from './state'

/*
 * Three and more classes that have weights. Counts stay what they are in samples and histograms; the scans multiply them by
 * the whole weight of their class. A tree weighs less than 2^26 then, so that sums of squares are exact in float64, and
 * each score is the sum of two quotients in float64.
 */

let present: u32 = 0
let whole: f64 = 0
let squares: f64 = 0

/** Says what the node holds; the tables by number in the node are filled in for whole vectors. */
export function startWeighted(classes: u32, weight: f64, sum: f64): void {
  present = classes
  whole = weight
  squares = sum
  const end = <usize>((classes + 7) & ~7)
  for (let i: usize = 0; i < end; i++) {
    if (i >= classes) store<u32>(localTotals + (i << 2), 0)
    store<u16>(shortFactors + (i << 1), i < classes ? load<u16>(localFactors + (i << 2)) : 0)
  }
}

/** f64 [row][squares, products, weight][lane] in rowSums: what is on the left of each cut of a sorted small node. */
export function sumSmall(keys: usize, n: u32): void {
  const counts = localCounts
  for (let lane: usize = 0; lane < 4; lane++) {
    memory.fill(counts, 0, <usize>present << 2)
    let lsq: f64 = 0
    let m: f64 = 0
    let nl: f64 = 0
    let key = keys + (lane << 2)
    let to = rowSums + (lane << 3)
    for (let i: u32 = 1; i < n; i++, key += 16, to += 96) {
      const pay = load<u32>(key)
      const label = <usize>(pay & 0xff) << 2
      const w = ((pay >> 8) & 0xff) * load<u32>(localFactors + label)
      const l = load<u32>(counts + label)
      store<u32>(counts + label, l + w)
      lsq += <f64>w * <f64>(2 * l + w)
      m += <f64>w * <f64>load<u32>(localTotals + label)
      nl += <f64>w
      store<f64>(to, lsq)
      store<f64>(to, m, 32)
      store<f64>(to, nl, 64)
    }
  }
}

/** The best cut of each lane of a small node, into laneSums: f64[4] score, u32[4] place. */
export function scanSmall(keys: usize, n: u32): void {
  const all = f64x2.splat(whole)
  const sum = f64x2.splat(squares)
  for (let pair: usize = 0; pair < 2; pair++) {
    let best = f64x2.splat(-1)
    let bestAt = i64x2.splat(0)
    for (let i: u32 = minLeaf - 1; i < n - minLeaf; i++) {
      const at = rowSums + <usize>i * 96 + (pair << 4)
      const key = keys + (<usize>i << 4) + (pair << 3)
      const codes = i32x4.shr_u(v128.load64_zero(key), 16)
      const next = i32x4.shr_u(v128.load64_zero(key, 16), 16)
      const same = i64x2.extend_low_i32x4_s(i32x4.eq(codes, next))
      const lsq = v128.load(at)
      const m = v128.load(at, 32)
      const score = scorePair(lsq, m, v128.load(at, 64), all, sum)
      const better = v128.andnot(f64x2.gt(score, best), same)
      best = v128.bitselect(score, best, better)
      bestAt = v128.bitselect(i64x2.splat(i), bestAt, better)
    }
    v128.store(laneSums + (pair << 4), best)
    store<u32>(laneSums + (pair << 3), <u32>i64x2.extract_lane(bestAt, 0), 32)
    store<u32>(laneSums + (pair << 3), <u32>i64x2.extract_lane(bestAt, 1), 36)
  }
}

function scorePair(lsq: v128, m: v128, nl: v128, all: v128, sum: v128): v128 {
  const rsq = f64x2.add(f64x2.sub(sum, f64x2.add(m, m)), lsq)
  return f64x2.add(f64x2.div(lsq, nl), f64x2.div(rsq, f64x2.sub(all, nl)))
}

export function setLeftOfSmall(lane: u32, place: u32): void {
  const at = rowSums + <usize>place * 96 + (<usize>lane << 3)
  setLeft(load<f64>(at, 64), load<f64>(at), load<f64>(at, 32), place + 1)
}

// laneSums after `scanHistogram`: f64[4] score, u32[4] bin, f64[4] squares, products and weight on the left.
const SQUARES: usize = 96
const PRODUCTS: usize = 128
const WEIGHT: usize = 160

/** The best cut of each lane of the histogram u32 [bin][lane][class] of units; the same otherwise. */
export function scanUnitHistogram(used: u32, width: usize, line: u32, groups: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    store<f64>(laneSums + (lane << 3), -1)
    store<u32>(laneSums + (lane << 2), 0, 32)
  }
  for (let b: u32 = 0; b < used; b++) {
    const bin = histogram + (<usize>b << line)
    for (let lane: usize = 0; lane < 4; lane++) {
      const sums = classSums + lane * width
      const cells = bin + lane * width
      let q = i64x2.splat(0)
      let m = q
      let w = i32x4.splat(0)
      for (let g: usize = 0; g < groups; g += 16) {
        const l = i32x4.add(v128.load(sums + g), v128.load(cells + g))
        v128.store(sums + g, l)
        const t = v128.load(localTotals + g)
        w = i32x4.add(w, l)
        q = i64x2.add(q, i64x2.add(i64x2.extmul_low_i32x4_s(l, l), i64x2.extmul_high_i32x4_s(l, l)))
        m = i64x2.add(m, i64x2.add(i64x2.extmul_low_i32x4_s(l, t), i64x2.extmul_high_i32x4_s(l, t)))
      }
      keepBin(lane, b, q, m, w)
    }
  }
}

/** The best cut of each lane of the histogram u16 [bin][lane][class]; classSums holds what is on the left of all bins. */
export function scanHistogram(used: u32, width: usize, line: u32, groups: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    store<f64>(laneSums + (lane << 3), -1)
    store<u32>(laneSums + (lane << 2), 0, 32)
  }
  for (let b: u32 = 0; b < used; b++) {
    const bin = histogram + (<usize>b << line)
    for (let lane: usize = 0; lane < 4; lane++) {
      const sums = classSums + lane * width
      const cells = bin + lane * width
      let q = i64x2.splat(0)
      let m = q
      let w = i32x4.splat(0)
      for (let g: usize = 0; g < groups; g += 16) {
        const l = i16x8.add(v128.load(sums + g), v128.load(cells + g))
        v128.store(sums + g, l)
        const factors = v128.load(shortFactors + g)
        const low = i32x4.extmul_low_i16x8_s(l, factors)
        const high = i32x4.extmul_high_i16x8_s(l, factors)
        const totals = localTotals + (g << 1)
        const tl = v128.load(totals)
        const th = v128.load(totals, 16)
        w = i32x4.add(w, i32x4.add(low, high))
        q = i64x2.add(q, i64x2.add(i64x2.extmul_low_i32x4_s(low, low), i64x2.extmul_high_i32x4_s(low, low)))
        q = i64x2.add(q, i64x2.add(i64x2.extmul_low_i32x4_s(high, high), i64x2.extmul_high_i32x4_s(high, high)))
        m = i64x2.add(m, i64x2.add(i64x2.extmul_low_i32x4_s(low, tl), i64x2.extmul_high_i32x4_s(low, tl)))
        m = i64x2.add(m, i64x2.add(i64x2.extmul_low_i32x4_s(high, th), i64x2.extmul_high_i32x4_s(high, th)))
      }
      keepBin(lane, b, q, m, w)
    }
  }
}

export function setLeftOfBin(lane: u32): void {
  const slot = laneSums + (<usize>lane << 3)
  setLeft(load<f64>(slot, WEIGHT), load<f64>(slot, SQUARES), load<f64>(slot, PRODUCTS), 0)
}

/** Keeps the cut after bin b if it is the lane's best, from sums of squares, products and weights in parts. */
function keepBin(lane: usize, b: u32, q: v128, m: v128, w: v128): void {
  const lsq = <f64>(i64x2.extract_lane(q, 0) + i64x2.extract_lane(q, 1))
  const products = <f64>(i64x2.extract_lane(m, 0) + i64x2.extract_lane(m, 1))
  const halves = i64x2.add(i64x2.extend_low_i32x4_s(w), i64x2.extend_high_i32x4_s(w))
  const nl = <f64>(i64x2.extract_lane(halves, 0) + i64x2.extract_lane(halves, 1))
  const score = lsq / nl + (squares - 2 * products + lsq) / (whole - nl)
  const slot = laneSums + (lane << 3)
  // An empty side gives 0/0, which beats nothing.
  if (score > load<f64>(slot)) {
    store<f64>(slot, score)
    store<u32>(laneSums + (lane << 2), b, 32)
    store<f64>(slot, lsq, SQUARES)
    store<f64>(slot, products, PRODUCTS)
    store<f64>(slot, nl, WEIGHT)
  }
}
