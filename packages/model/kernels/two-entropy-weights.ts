import { log2OfFour, termsOfSides } from './entropy'
import { GONE } from './gaps'
import { upper } from './lanes'
import { digits, histogram, laneSums, termScale } from './state'
import { firstTerms, secondTerms, weightOf } from './two-entropy'
import { CORNERS, highTerms, lowTerms } from './two-entropy-big'
import { factor0, factor1 } from './two-score'

/**
 * scanEntropyLight with class weights. The entropy of the sides' weights is computed once a bin; that of a corner is bounded by the
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
  const whole = i32x4.splat(factor0 * c0 + factor1 * c1)
  const full = f32x4.convert_i32x4_s(whole)
  const unit = f64x2.splat(weightOf(c0, c1) * termScale)
  let acc = start ? v128.load(h + (GONE << 4)) : i32x4.splat(0)
  let least = i16x8.min_u(acc, i16x8.sub(totals, acc))
  let firstLow = lowTerms(at0, v128.and(least, low))
  let firstHigh = highTerms(at0, v128.and(least, low))
  let secondLow = lowTerms(at1, i32x4.shr_u(least, 16))
  let secondHigh = highTerms(at1, i32x4.shr_u(least, 16))
  let nl = i32x4.dot_i16x8_s(acc, factors)
  let left = f32x4.div(f32x4.convert_i32x4_s(nl), full)
  let right = f32x4.div(f32x4.convert_i32x4_s(i32x4.sub(whole, nl)), full)
  let leftLog = log2OfFour(left)
  let rightLog = log2OfFour(right)
  let side = f32x4.neg(f32x4.add(f32x4.mul(left, leftLog), f32x4.mul(right, rightLog)))
  let slope = f32x4.sub(rightLog, leftLog)
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
    left = f32x4.div(f32x4.convert_i32x4_s(nl), full)
    right = f32x4.div(f32x4.convert_i32x4_s(i32x4.sub(whole, nl)), full)
    leftLog = log2OfFour(left)
    rightLog = log2OfFour(right)
    const nextSide = f32x4.neg(f32x4.add(f32x4.mul(left, leftLog), f32x4.mul(right, rightLog)))
    const nextSlope = f32x4.sub(rightLog, leftLog)
    if (exact) {
      const a = f32x4.div(f32x4.convert_i32x4_s(i32x4.mul(v128.and(cell, low), heavier)), full)
      const c = f32x4.div(f32x4.convert_i32x4_s(i32x4.mul(i32x4.shr_u(cell, 16), other)), full)
      // All of the first class, or all of the second.
      const sideA = bound(side, slope, a, nextSide, nextSlope, c)
      const sideC = bound(side, slope, c, nextSide, nextSlope, a)
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstLow, secondLow), f64x2.mul(f64x2.promote_low_f32x4(sideA), unit)),
          f64x2.add(f64x2.add(firstLow, nextSecondLow), f64x2.mul(f64x2.promote_low_f32x4(sideC), unit)),
        ),
      )
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstHigh, secondHigh), f64x2.mul(f64x2.promote_low_f32x4(upper(sideA)), unit)),
          f64x2.add(f64x2.add(firstHigh, nextSecondHigh), f64x2.mul(f64x2.promote_low_f32x4(upper(sideC)), unit)),
        ),
        16,
      )
    }
    const scoreLow = f64x2.add(f64x2.add(nextFirstLow, nextSecondLow), termsOfSides(nextSide, unit))
    const scoreHigh = f64x2.add(f64x2.add(nextFirstHigh, nextSecondHigh), termsOfSides(upper(nextSide), unit))
    const betterLow = f64x2.gt(scoreLow, bestLow)
    const betterHigh = f64x2.gt(scoreHigh, bestHigh)
    bestLow = v128.bitselect(scoreLow, bestLow, betterLow)
    bestHigh = v128.bitselect(scoreHigh, bestHigh, betterHigh)
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, i32x4.shuffle(betterLow, betterHigh, 0, 2, 4, 6))
    firstLow = nextFirstLow
    firstHigh = nextFirstHigh
    secondLow = nextSecondLow
    secondHigh = nextSecondHigh
    side = nextSide
    slope = nextSlope
  }
  v128.store(laneSums, bestLow)
  v128.store(laneSums, bestHigh, 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, i32x4.splat(-1), 64)
}

/** The lower of two tangents: so far behind one end of a bin, and so far before the other. */
@inline
function bound(side: v128, slope: v128, behind: v128, nextSide: v128, nextSlope: v128, before: v128): v128 {
  return f32x4.pmin(f32x4.add(side, f32x4.mul(slope, behind)), f32x4.sub(nextSide, f32x4.mul(nextSlope, before)))
}
