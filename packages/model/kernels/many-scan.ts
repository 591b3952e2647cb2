import { sumColumns, upper } from './lanes'
import { fillShortTotals, light, squares, weight } from './many-node'
import { scoreFour, scorePair } from './many-score'
import { classSums, histogram, laneSums, shortTotals } from './state'

/**
 * The best cut of each lane of the histogram u16 [bin][lane][class] of a node that lacks no value: laneSums gets f64[4] best score
 * and u32[4] its bin (at 32). classSums is cleared. The cut behind the last bin has nothing on its right.
 */
export function scanWhole(used: u32, width: usize, line: u32, groups: usize): void {
  fillShortTotals()
  if (groups > 16) {
    if (light) scanMany(true, used, width, line, groups)
    else scanMany(false, used, width, line, groups)
  } else if (light) {
    scanEight(true, used, line)
  } else {
    scanEight(false, used, line)
  }
}

/** Up to eight classes: the sums of a lane are one vector. */
@inline
function scanEight(light: bool, used: u32, line: u32): void {
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
    const lsq = sumColumns(
      i32x4.dot_i16x8_s(l0, l0),
      i32x4.dot_i16x8_s(l1, l1),
      i32x4.dot_i16x8_s(l2, l2),
      i32x4.dot_i16x8_s(l3, l3),
    )
    const m = sumColumns(
      i32x4.dot_i16x8_s(l0, t),
      i32x4.dot_i16x8_s(l1, t),
      i32x4.dot_i16x8_s(l2, t),
      i32x4.dot_i16x8_s(l3, t),
    )
    const nl = sumColumns(
      i32x4.dot_i16x8_s(l0, one),
      i32x4.dot_i16x8_s(l1, one),
      i32x4.dot_i16x8_s(l2, one),
      i32x4.dot_i16x8_s(l3, one),
    )
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
function scanMany(light: bool, used: u32, width: usize, line: u32, groups: usize): void {
  const one = i16x8.splat(1)
  const zero = i32x4.splat(0)
  const totals = shortTotals
  const sums = classSums
  let bestAt = zero
  let low = light ? f32x4.splat(-1) : f64x2.splat(-1)
  let high = low
  let bin = histogram
  for (let b: u32 = 0; b + 1 < used; b++, bin += <usize>1 << line) {
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
      w0 = i16x8.add(w0, l0)
      w1 = i16x8.add(w1, l1)
      w2 = i16x8.add(w2, l2)
      w3 = i16x8.add(w3, l3)
    }
    const lsq = sumColumns(q0, q1, q2, q3)
    const m = sumColumns(m0, m1, m2, m3)
    const nl = sumColumns(
      i32x4.dot_i16x8_s(w0, one),
      i32x4.dot_i16x8_s(w1, one),
      i32x4.dot_i16x8_s(w2, one),
      i32x4.dot_i16x8_s(w3, one),
    )
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

/** Stores the best cuts of four lanes so far behind laneSums: scores in float64, f32[4] in `low` if `light`, and bins. */
@inline
export function keepLanes(light: bool, offset: usize, low: v128, high: v128, bin: v128): void {
  const to = laneSums + offset
  v128.store(to, light ? f64x2.promote_low_f32x4(low) : low)
  v128.store(to, light ? f64x2.promote_low_f32x4(upper(low)) : high, 16)
  v128.store(to, bin, 32)
}
