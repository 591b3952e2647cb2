import { GO_LEFT, GO_RIGHT } from './best'
import { GONE_SUMS, LEFT_SIDE, isInside } from './gaps'
import { entropyOfSides, termsOfSides } from './entropy'
import { upper } from './lanes'
import { classFactors, keyRows, laneSums, minLeaf, rowSums, termScale } from './state'
import { setTop } from './top'
import { firstTerms, secondTerms, sideTerms, weightOf } from './two-entropy'
import { factor0, factor1 } from './two-score'

/** Bytes of four scores of a row; where those with missing values on the left start. */
export const ROW: usize = 32
export const OTHER: usize = 1024

/**
 * Scores all cuts of four sorted columns of a small node, f64 [row][lane] in rowSums, 0 where there is none; if `gaps` also with missing
 * values on the left. Sets the top of them as topLane does, its place beside it in laneSums, and answers its lane.
 */
export function scanEntropy(n: u32, c0: u32, c1: u32, gaps: bool): u32 {
  const totals = i32x4.splat(c0 | (c1 << 16))
  const weighted = classFactors != 0
  const whole = i32x4.splat(weighted ? factor0 * c0 + factor1 * c1 : c0 + c1)
  const unit = f64x2.splat(weighted ? weightOf(c0, c1) * termScale : 0)
  const gone = v128.load(laneSums, GONE_SUMS)
  let acc = i32x4.splat(0)
  let top01 = f64x2.splat(0)
  let top23 = top01
  let left01 = top01
  let left23 = top01
  let key = v128.load(keyRows)
  let code = i32x4.shr_u(key, 16)
  let to = rowSums
  for (let i: u32 = 0; i < n - minLeaf; i++, to += ROW) {
    const next = v128.load(keyRows + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(next, 16)
    const same = i32x4.eq(code, nextCode)
    acc = i32x4.add(acc, weightsOf(key))
    const none = v128.or(same, i32x4.splat(i + 1 >= minLeaf ? 0 : -1))
    storeScores(to, acc, totals, whole, unit, none)
    top01 = f64x2.pmax(top01, v128.load(to))
    top23 = f64x2.pmax(top23, v128.load(to, 16))
    if (gaps) {
      storeScores(to + OTHER, i32x4.add(acc, gone), totals, whole, unit, v128.or(same, v128.not(isInside(i))))
      left01 = f64x2.pmax(left01, v128.load(to + OTHER))
      left23 = f64x2.pmax(left23, v128.load(to + OTHER, 16))
    }
    key = next
    code = nextCode
  }
  return pickTop(top01, top23, left01, left23)
}

/** Finds the first lane of the best score, and in it the first place, with missing values on the right if that is as good. */
export function pickTop(top01: v128, top23: v128, left01: v128, left23: v128): u32 {
  const both01 = f64x2.pmax(top01, left01)
  const both23 = f64x2.pmax(top23, left23)
  const pairs = f64x2.pmax(both01, both23)
  const best = max(f64x2.extract_lane(pairs, 0), f64x2.extract_lane(pairs, 1))
  const four = f64x2.splat(best)
  const lane = <u32>ctz(i64x2.bitmask(f64x2.eq(both01, four)) | (i64x2.bitmask(f64x2.eq(both23, four)) << 2))
  const right = i64x2.bitmask(f64x2.eq(top01, four)) | (i64x2.bitmask(f64x2.eq(top23, four)) << 2)
  const isRight = ((right >> lane) & 1) != 0
  // Where nothing is cut all scores are 0.
  setTop(best > 0 ? best : -1, isRight ? GO_RIGHT : GO_LEFT)
  let at = rowSums + (<usize>lane << 3) + (isRight ? 0 : OTHER)
  let place: u32 = 0
  if (best > 0) for (; load<f64>(at) != best; at += ROW) place++
  store<u32>(laneSums + (<usize>lane << 2) + (isRight ? 0 : LEFT_SIDE), place, 16)
  return lane
}

/** Scores of four cuts from the weights of both classes on the left, halves of a lane; 0 in the lanes of `none`. For `unit` see termsOfSides. */
function storeScores(to: usize, acc: v128, totals: v128, whole: v128, unit: v128, none: v128): void {
  const classes = i16x8.shl(i16x8.min_u(acc, i16x8.sub(totals, acc)), 3)
  const a = i32x4.extract_lane(classes, 0)
  const b = i32x4.extract_lane(classes, 1)
  const c = i32x4.extract_lane(classes, 2)
  const d = i32x4.extract_lane(classes, 3)
  let sidesLow: v128
  let sidesHigh: v128
  if (classFactors != 0) {
    const nl = i32x4.dot_i16x8_s(acc, i32x4.splat(factor0 | (factor1 << 16)))
    const sides = entropyOfSides(nl, whole)
    sidesLow = termsOfSides(sides, unit)
    sidesHigh = termsOfSides(upper(sides), unit)
  } else {
    const nl = i32x4.dot_i16x8_s(acc, i32x4.splat(0x00010001))
    const sides = i32x4.shl(i32x4.min_s(nl, i32x4.sub(whole, nl)), 3)
    sidesLow = two(sideTerms + <usize>i32x4.extract_lane(sides, 0), sideTerms + <usize>i32x4.extract_lane(sides, 1))
    sidesHigh = two(sideTerms + <usize>i32x4.extract_lane(sides, 2), sideTerms + <usize>i32x4.extract_lane(sides, 3))
  }
  const low = f64x2.add(sumPair(a, b), sidesLow)
  const high = f64x2.add(sumPair(c, d), sidesHigh)
  v128.store(to, v128.andnot(low, i64x2.extend_low_i32x4_s(none)))
  v128.store(to, v128.andnot(high, i64x2.extend_high_i32x4_s(none)), 16)
}

/** What the classes add to two scores, from offsets into the tables, halves. */
function sumPair(a: u32, b: u32): v128 {
  const first = two(firstTerms + <usize>(a & 0xffff), firstTerms + <usize>(b & 0xffff))
  const second = two(secondTerms + <usize>(a >> 16), secondTerms + <usize>(b >> 16))
  return f64x2.add(first, second)
}

/** Two f64 from anywhere. */
export function two(a: usize, b: usize): v128 {
  return v128.load_lane<u64>(b, v128.load64_zero(a), 1)
}

/** The weights of both classes in a key of a small node, as in a sample's payload. */
function weightsOf(key: v128): v128 {
  return v128.or(v128.and(key, i32x4.splat(0xff)), i32x4.shl(v128.and(key, i32x4.splat(0xff00)), 8))
}
