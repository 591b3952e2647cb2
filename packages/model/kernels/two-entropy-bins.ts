import { log2OfFour, termsOfSides } from './entropy'
import { GONE } from './gaps'
import { upper } from './lanes'
import { digits, histogram, laneSums, termScale } from './state'
import { firstTerms, secondTerms, sideTerms, weightOf } from './two-entropy'
import { two } from './two-entropy-small'
import { factor0, factor1 } from './two-score'

/*
 * The bins of a light node of two classes by entropy, whose score is convex in the two left weights, as Gini's is: no cut inside a bin beats
 * the better of the bin's corners. A corner has one class as the bin's start has it and the other as its end, so that two of its three
 * terms are at hand while bins are scanned.
 *
 * With class weights the entropy of the sides' weights is computed once a bin; that of a corner is bounded by the tangents at the ends of the
 * bin, as it is concave. Its slope is log2(nr / nl), and where a side is empty more than any there.
 */

/** Nodes without class weights, and with them: the scan is compiled for each. */
export class Unweighted {}

export class Weighted {
  factors: u64 = 0
}

/** Bytes of a bin's four f64 scores of the better corner, in `digits`. */
export const CORNERS: usize = 32

/** The best cut of each lane, as scanLight in two-big.ts; keeps the corners of bins if `exact`. */
export function scanEntropyBins<W>(used: u32, c0: u32, c1: u32, start: bool, exact: bool): void {
  const weighted = offsetof<W>() != 0
  const h = histogram
  const low = i32x4.splat(0xffff)
  const totals = i32x4.splat(c0 | (c1 << 16))
  const factors = i32x4.splat(weighted ? factor0 | (factor1 << 16) : 0x00010001)
  const ofFirst = i32x4.splat(factor0)
  const ofSecond = i32x4.splat(factor1)
  const whole = i32x4.splat(weighted ? factor0 * c0 + factor1 * c1 : c0 + c1)
  const full = f32x4.convert_i32x4_s(whole)
  const unit = f64x2.splat(weighted ? weightOf(c0, c1) * termScale : 0)
  const at0 = firstTerms
  const at1 = secondTerms
  const sides = sideTerms
  let acc = start ? v128.load(h + (GONE << 4)) : i32x4.splat(0)
  let nl = i32x4.dot_i16x8_s(acc, factors)
  let least = i16x8.min_u(acc, i16x8.sub(totals, acc))
  let firstLow = lowTerms(at0, v128.and(least, low))
  let firstHigh = highTerms(at0, v128.and(least, low))
  let secondLow = lowTerms(at1, i32x4.shr_u(least, 16))
  let secondHigh = highTerms(at1, i32x4.shr_u(least, 16))
  let side = f32x4.splat(0)
  let slope = side
  if (weighted) {
    const left = f32x4.div(f32x4.convert_i32x4_s(nl), full)
    const right = f32x4.div(f32x4.convert_i32x4_s(i32x4.sub(whole, nl)), full)
    const leftLog = log2OfFour(left)
    const rightLog = log2OfFour(right)
    side = f32x4.neg(f32x4.add(f32x4.mul(left, leftLog), f32x4.mul(right, rightLog)))
    slope = f32x4.sub(rightLog, leftLog)
  }
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
    let a = v128.and(cell, low)
    let c = i32x4.shr_u(cell, 16)
    if (weighted) {
      a = i32x4.mul(a, ofFirst)
      c = i32x4.mul(c, ofSecond)
    }
    const before = nl
    nl = i32x4.add(nl, i32x4.add(a, c))
    let sideLow: v128
    let sideHigh: v128
    // Of the corners: all of the first class, or all of the second.
    let lowA = bestLow
    let highA = bestLow
    let lowC = bestLow
    let highC = bestLow
    if (weighted) {
      const left = f32x4.div(f32x4.convert_i32x4_s(nl), full)
      const right = f32x4.div(f32x4.convert_i32x4_s(i32x4.sub(whole, nl)), full)
      const leftLog = log2OfFour(left)
      const rightLog = log2OfFour(right)
      const nextSide = f32x4.neg(f32x4.add(f32x4.mul(left, leftLog), f32x4.mul(right, rightLog)))
      const nextSlope = f32x4.sub(rightLog, leftLog)
      if (exact) {
        const stepA = f32x4.div(f32x4.convert_i32x4_s(a), full)
        const stepC = f32x4.div(f32x4.convert_i32x4_s(c), full)
        const sideA = bound(side, slope, stepA, nextSide, nextSlope, stepC)
        const sideC = bound(side, slope, stepC, nextSide, nextSlope, stepA)
        lowA = f64x2.mul(f64x2.promote_low_f32x4(sideA), unit)
        highA = f64x2.mul(f64x2.promote_low_f32x4(upper(sideA)), unit)
        lowC = f64x2.mul(f64x2.promote_low_f32x4(sideC), unit)
        highC = f64x2.mul(f64x2.promote_low_f32x4(upper(sideC)), unit)
      }
      sideLow = termsOfSides(nextSide, unit)
      sideHigh = termsOfSides(upper(nextSide), unit)
      side = nextSide
      slope = nextSlope
    } else {
      if (exact) {
        const na = i32x4.add(before, a)
        const nc = i32x4.add(before, c)
        const sideA = i32x4.min_s(na, i32x4.sub(whole, na))
        const sideC = i32x4.min_s(nc, i32x4.sub(whole, nc))
        lowA = lowTerms(sides, sideA)
        highA = highTerms(sides, sideA)
        lowC = lowTerms(sides, sideC)
        highC = highTerms(sides, sideC)
      }
      const lighter = i32x4.min_s(nl, i32x4.sub(whole, nl))
      sideLow = lowTerms(sides, lighter)
      sideHigh = highTerms(sides, lighter)
    }
    if (exact) {
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstLow, secondLow), lowA),
          f64x2.add(f64x2.add(firstLow, nextSecondLow), lowC),
        ),
      )
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstHigh, secondHigh), highA),
          f64x2.add(f64x2.add(firstHigh, nextSecondHigh), highC),
        ),
        16,
      )
    }
    const scoreLow = f64x2.add(f64x2.add(nextFirstLow, nextSecondLow), sideLow)
    const scoreHigh = f64x2.add(f64x2.add(nextFirstHigh, nextSecondHigh), sideHigh)
    const betterLow = f64x2.gt(scoreLow, bestLow)
    const betterHigh = f64x2.gt(scoreHigh, bestHigh)
    bestLow = v128.bitselect(scoreLow, bestLow, betterLow)
    bestHigh = v128.bitselect(scoreHigh, bestHigh, betterHigh)
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, i32x4.shuffle(betterLow, betterHigh, 0, 2, 4, 6))
    firstLow = nextFirstLow
    firstHigh = nextFirstHigh
    secondLow = nextSecondLow
    secondHigh = nextSecondHigh
  }
  v128.store(laneSums, bestLow)
  v128.store(laneSums, bestHigh, 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, i32x4.splat(-1), 64)
}

/** Terms of the first two lanes from a table. */
function lowTerms(table: usize, at: v128): v128 {
  return two(table + (<usize>i32x4.extract_lane(at, 0) << 3), table + (<usize>i32x4.extract_lane(at, 1) << 3))
}

function highTerms(table: usize, at: v128): v128 {
  return two(table + (<usize>i32x4.extract_lane(at, 2) << 3), table + (<usize>i32x4.extract_lane(at, 3) << 3))
}

/** The lower of two tangents: so far behind one end of a bin, and so far before the other. */
@inline
function bound(side: v128, slope: v128, behind: v128, nextSide: v128, nextSlope: v128, before: v128): v128 {
  return f32x4.pmin(f32x4.add(side, f32x4.mul(slope, behind)), f32x4.sub(nextSide, f32x4.mul(nextSlope, before)))
}
