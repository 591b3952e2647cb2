import { EMPTY, log2OfTwo, termOf, termsOf } from './entropy'
import { GONE } from './gaps'
import { upper } from './lanes'
import { digits, histogram, laneSums, termScale } from './state'
import { firstTerms, secondTerms, weightOf } from './two-entropy'
import { CORNERS, highTerms, lowTerms } from './two-entropy-big'
import { factor0, factor1 } from './two-score'

/**
 * scanEntropyLight with class weights. The term of the sides' weights is computed once a bin; that of a corner is bounded by the
 * tangents at the ends of the bin, as it is concave. Its slope is log2(nr / nl), and where a side is empty more than any there.
 */
export function scanEntropyWeighted(used: u32, c0: u32, c1: u32, start: bool, exact: bool): void {
  const h = histogram
  const low = i32x4.splat(0xffff)
  const totals = i32x4.splat(c0 | (c1 << 16))
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const heavier = i32x4.splat(factor0)
  const other = i32x4.splat(factor1)
  const at0 = firstTerms
  const at1 = secondTerms
  const whole = weightOf(c0, c1)
  const all = f64x2.splat(termOf(whole))
  let acc = start ? v128.load(h + (GONE << 4)) : i32x4.splat(0)
  let least = i16x8.min_u(acc, i16x8.sub(totals, acc))
  let firstLow = lowTerms(at0, v128.and(least, low))
  let firstHigh = highTerms(at0, v128.and(least, low))
  let secondLow = lowTerms(at1, i32x4.shr_u(least, 16))
  let secondHigh = highTerms(at1, i32x4.shr_u(least, 16))
  let nl = i32x4.dot_i16x8_s(acc, factors)
  setSides(f64x2.convert_low_i32x4_s(nl), whole, all)
  let sideLow = side
  let slopeLow = slope
  setSides(f64x2.convert_low_i32x4_s(upper(nl)), whole, all)
  let sideHigh = side
  let slopeHigh = slope
  const none = f64x2.splat(EMPTY)
  const zero = f64x2.splat(0)
  const full = f64x2.splat(whole)
  let bestLow = f64x2.splat(-1)
  let bestHigh = bestLow
  let bestAt = i32x4.splat(0)
  let to = digits
  for (let b: u32 = 0; b < used; b++, to += CORNERS) {
    const cell = v128.load(h + (<usize>b << 4))
    acc = i32x4.add(acc, cell)
    least = i16x8.min_u(acc, i16x8.sub(totals, acc))
    const first = v128.and(least, low)
    const second = i32x4.shr_u(least, 16)
    const nextFirstLow = lowTerms(at0, first)
    const nextFirstHigh = highTerms(at0, first)
    const nextSecondLow = lowTerms(at1, second)
    const nextSecondHigh = highTerms(at1, second)
    nl = i32x4.dot_i16x8_s(acc, factors)
    const nlLow = f64x2.convert_low_i32x4_s(nl)
    const nlHigh = f64x2.convert_low_i32x4_s(upper(nl))
    setSides(nlLow, whole, all)
    const nextSideLow = side
    const nextSlopeLow = slope
    setSides(nlHigh, whole, all)
    const nextSideHigh = side
    const nextSlopeHigh = slope
    if (exact) {
      const a = i32x4.mul(v128.and(cell, low), heavier)
      const c = i32x4.mul(i32x4.shr_u(cell, 16), other)
      const aLow = f64x2.convert_low_i32x4_s(a)
      const cLow = f64x2.convert_low_i32x4_s(c)
      const aHigh = f64x2.convert_low_i32x4_s(upper(a))
      const cHigh = f64x2.convert_low_i32x4_s(upper(c))
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstLow, secondLow), bound(sideLow, slopeLow, aLow, nextSideLow, nextSlopeLow, cLow)),
          f64x2.add(f64x2.add(firstLow, nextSecondLow), bound(sideLow, slopeLow, cLow, nextSideLow, nextSlopeLow, aLow)),
        ),
      )
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstHigh, secondHigh), bound(sideHigh, slopeHigh, aHigh, nextSideHigh, nextSlopeHigh, cHigh)),
          f64x2.add(f64x2.add(firstHigh, nextSecondHigh), bound(sideHigh, slopeHigh, cHigh, nextSideHigh, nextSlopeHigh, aHigh)),
        ),
        16,
      )
    }
    const emptyLow = v128.or(f64x2.eq(nlLow, zero), f64x2.eq(nlLow, full))
    const emptyHigh = v128.or(f64x2.eq(nlHigh, zero), f64x2.eq(nlHigh, full))
    const scoreLow = v128.bitselect(none, f64x2.add(f64x2.add(nextFirstLow, nextSecondLow), nextSideLow), emptyLow)
    const scoreHigh = v128.bitselect(none, f64x2.add(f64x2.add(nextFirstHigh, nextSecondHigh), nextSideHigh), emptyHigh)
    const betterLow = f64x2.gt(scoreLow, bestLow)
    const betterHigh = f64x2.gt(scoreHigh, bestHigh)
    bestLow = v128.bitselect(scoreLow, bestLow, betterLow)
    bestHigh = v128.bitselect(scoreHigh, bestHigh, betterHigh)
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, i32x4.shuffle(betterLow, betterHigh, 0, 2, 4, 6))
    firstLow = nextFirstLow
    firstHigh = nextFirstHigh
    secondLow = nextSecondLow
    secondHigh = nextSecondHigh
    sideLow = nextSideLow
    sideHigh = nextSideHigh
    slopeLow = nextSlopeLow
    slopeHigh = nextSlopeHigh
  }
  v128.store(laneSums, bestLow)
  v128.store(laneSums, bestHigh, 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, i32x4.splat(-1), 64)
}

let side: v128 = i32x4.splat(0)
let slope: v128 = i32x4.splat(0)

/** Sets `side` to the terms of two weights on the left, and `slope` to how fast they grow there. */
function setSides(nl: v128, whole: f64, all: v128): void {
  const nr = f64x2.sub(f64x2.splat(whole), nl)
  const left = log2OfTwo(nl)
  const right = log2OfTwo(nr)
  side = f64x2.sub(all, f64x2.add(termsOf(nl, left), termsOf(nr, right)))
  slope = f64x2.mul(f64x2.sub(right, left), f64x2.splat(termScale))
}

/** The lower of two tangents: so far behind one end of a bin, and so far before the other. */
function bound(side: v128, slope: v128, behind: v128, nextSide: v128, nextSlope: v128, before: v128): v128 {
  return f64x2.pmin(f64x2.add(side, f64x2.mul(slope, behind)), f64x2.sub(nextSide, f64x2.mul(nextSlope, before)))
}
