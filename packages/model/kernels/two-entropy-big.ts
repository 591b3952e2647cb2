import { EMPTY, SIDES_SLACK, SLACK } from './entropy'
import { GONE } from './gaps'
import { classFactors, digits, histogram, laneSums, marks, termScale } from './state'
import { gone0, gone1 } from './two-big'
import { firstPair, firstTerms, scoreHeavy, scoreLight, secondPair, secondTerms, sideTerms, sidesAt, weightOf } from './two-entropy'
import { two } from './two-entropy-small'

/*
 * Large nodes of two classes by entropy. Its score is convex in the two left weights, as Gini's is: no cut inside a bin beats the
 * better of the bin's corners. A corner has one class as the bin's start has it and the other as its end, so that two of its three
 * terms are at hand while bins are scanned.
 */

/** Bytes of a bin's four f64 scores of the better corner, in `digits`. */
export const CORNERS: usize = 32

/** The best cut of each lane of a light node, as scanLight in two-big.ts; keeps the corners of bins if `exact`. */
export function scanEntropyLight(used: u32, c0: u32, c1: u32, start: bool, exact: bool): void {
  const h = histogram
  const low = i32x4.splat(0xffff)
  const totals = i32x4.splat(c0 | (c1 << 16))
  const whole = i32x4.splat(c0 + c1)
  const ones = i32x4.splat(0x00010001)
  const at0 = firstTerms
  const at1 = secondTerms
  const sides = sideTerms
  let acc = start ? v128.load(h + (GONE << 4)) : i32x4.splat(0)
  let nl = i32x4.dot_i16x8_s(acc, ones)
  let least = i16x8.min_u(acc, i16x8.sub(totals, acc))
  let firstLow = lowTerms(at0, v128.and(least, low))
  let firstHigh = highTerms(at0, v128.and(least, low))
  let secondLow = lowTerms(at1, i32x4.shr_u(least, 16))
  let secondHigh = highTerms(at1, i32x4.shr_u(least, 16))
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
    const a = v128.and(cell, low)
    const c = i32x4.shr_u(cell, 16)
    if (exact) {
      // All of the first class, or all of the second.
      const na = i32x4.add(nl, a)
      const nc = i32x4.add(nl, c)
      const sideA = i32x4.min_s(na, i32x4.sub(whole, na))
      const sideC = i32x4.min_s(nc, i32x4.sub(whole, nc))
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstLow, secondLow), lowTerms(sides, sideA)),
          f64x2.add(f64x2.add(firstLow, nextSecondLow), lowTerms(sides, sideC)),
        ),
      )
      v128.store(
        to,
        f64x2.pmax(
          f64x2.add(f64x2.add(nextFirstHigh, secondHigh), highTerms(sides, sideA)),
          f64x2.add(f64x2.add(firstHigh, nextSecondHigh), highTerms(sides, sideC)),
        ),
        16,
      )
    }
    nl = i32x4.add(nl, i32x4.add(a, c))
    const side = i32x4.min_s(nl, i32x4.sub(whole, nl))
    const scoreLow = f64x2.add(f64x2.add(nextFirstLow, nextSecondLow), lowTerms(sides, side))
    const scoreHigh = f64x2.add(f64x2.add(nextFirstHigh, nextSecondHigh), highTerms(sides, side))
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
export function lowTerms(table: usize, at: v128): v128 {
  return two(table + (<usize>i32x4.extract_lane(at, 0) << 3), table + (<usize>i32x4.extract_lane(at, 1) << 3))
}

export function highTerms(table: usize, at: v128): v128 {
  return two(table + (<usize>i32x4.extract_lane(at, 2) << 3), table + (<usize>i32x4.extract_lane(at, 3) << 3))
}

/** The same of a node that has no tables. */
export function scanEntropyHeavy(used: u32, c0: u32, c1: u32, start: bool, exact: bool): void {
  for (let lane: u32 = 0; lane < 4; lane++) {
    let best: f64 = -1
    let bestAt: u32 = 0
    let l0: u32 = start ? gone0(lane, false) : 0
    let l1: u32 = start ? gone1(lane, false) : 0
    let first = firstPair(l0, c0)
    let second = secondPair(l1, c1)
    let before: f64 = EMPTY
    let cell = histogram + (<usize>lane << 3)
    let to = digits + (<usize>lane << 3)
    for (let b: u32 = 0; b < used; b++, cell += 32, to += CORNERS) {
      const a0 = load<u32>(cell)
      const a1 = load<u32>(cell, 4)
      const nextFirst = a0 == 0 ? first : firstPair(l0 + a0, c0)
      const nextSecond = a1 == 0 ? second : secondPair(l1 + a1, c1)
      const score = a0 + a1 == 0 ? before : nextFirst + nextSecond + sidesAt(l0 + a0, l1 + a1, c0, c1)
      if (exact) {
        let corner = max(before, score)
        if (a0 != 0 && a1 != 0) {
          corner = max(
            nextFirst + second + sidesAt(l0 + a0, l1, c0, c1),
            first + nextSecond + sidesAt(l0, l1 + a1, c0, c1),
          )
        }
        store<f64>(to, corner)
      }
      if (score > best) {
        best = score
        bestAt = b
      }
      l0 += a0
      l1 += a1
      first = nextFirst
      second = nextSecond
      before = score
    }
    store<f64>(laneSums + (<usize>lane << 3), best)
    store<u32>(laneSums + 32 + (<usize>lane << 2), bestAt)
  }
  v128.store(laneSums, i32x4.splat(-1), 64)
}

/** What scores and bounds of a node are off at most. */
function slackOf(c0: u32, c1: u32): f64 {
  return classFactors == 0 ? SLACK : SLACK + weightOf(c0, c1) * termScale * SIDES_SLACK
}

/** Marks the bins that could hold something better than `top`; answers the lanes. */
export function markEntropy(used: u32, c0: u32, c1: u32, top: f64, start: bool, light: bool): u32 {
  const slack = slackOf(c0, c1)
  const floor = f64x2.splat(top - slack)
  let any: u32 = 0
  for (let b: u32 = 0; b < used; b++) {
    const at = digits + <usize>b * CORNERS
    let mark =
      i64x2.bitmask(f64x2.ge(v128.load(at), floor)) | (i64x2.bitmask(f64x2.ge(v128.load(at, 16), floor)) << 2)
    for (let lanes = mark; lanes != 0; lanes &= lanes - 1) {
      const lane = <u32>ctz(lanes)
      if (isBelow(b, lane, c0, c1, start, light, slack)) mark &= ~(1 << lane)
    }
    store<u8>(marks + <usize>b, <u8>mark)
    any |= mark
  }
  return any
}

/**
 * Whether no cut inside a bin can be as good as its ends: in a bin of one class it falls short of the better end by its share of their
 * difference, which counts where rounding is less. An empty bin has no cut.
 */
function isBelow(bin: u32, lane: u32, c0: u32, c1: u32, start: bool, light: bool, slack: f64): bool {
  const a0 = light ? load<u16>(cellOf(bin, lane, light)) : load<u32>(cellOf(bin, lane, light))
  const a1 = light ? load<u16>(cellOf(bin, lane, light), 2) : load<u32>(cellOf(bin, lane, light), 4)
  if (a0 + a1 <= 1) return true
  if (a0 != 0 && a1 != 0) return false
  let l0: u32 = start ? gone0(lane, light) : 0
  let l1: u32 = start ? gone1(lane, light) : 0
  for (let b: u32 = 0; b < bin; b++) {
    l0 += light ? load<u16>(cellOf(b, lane, light)) : load<u32>(cellOf(b, lane, light))
    l1 += light ? load<u16>(cellOf(b, lane, light), 2) : load<u32>(cellOf(b, lane, light), 4)
  }
  const before = light ? scoreLight(l0, l1, c0, c1) : scoreHeavy(l0, l1, c0, c1)
  const after = light ? scoreLight(l0 + a0, l1 + a1, c0, c1) : scoreHeavy(l0 + a0, l1 + a1, c0, c1)
  return abs(after - before) > slack * <f64>(a0 + a1)
}

function cellOf(bin: u32, lane: u32, light: bool): usize {
  return light ? histogram + (<usize>bin << 4) + (<usize>lane << 2) : histogram + (<usize>bin << 5) + (<usize>lane << 3)
}
