import { GO_LEFT } from './best'
import { upper } from './lanes'
import * as entropy from './entropy'
import { labelOf } from './many-entropy'
import { present, squares, weight, whole } from './many-node'
import { LIGHT_MANY, scoreFour, scoreHeavy, scorePair } from './many-score'
import { classFactors, classList, classTotals, laneSums, localCounts, localFactors, localTotals, termCount, terms, termScale } from './state'
import { two } from './two-entropy-small'

/** From what laneSums holds of cuts with missing values on the right to the same with them on the left. */
export const LEFT: usize = 256

/** laneSums gets f64[4] scores and, at 32, 64 and 96, lsq, M and the left weights; of a light node f32 and i32, at 32, 48 and 64. */
export function scoreRandom(): void {
  let lsq = i32x4.splat(0)
  let m = lsq
  let nl = lsq
  for (let i: usize = 0; i < present; i++) {
    const l = v128.load(localCounts + (i << 4))
    lsq = i32x4.add(lsq, i32x4.mul(l, l))
    m = i32x4.add(m, i32x4.mul(l, v128.load32_splat(localTotals + (i << 2))))
    nl = i32x4.add(nl, l)
  }
  storeScores(laneSums, lsq, m, nl)
}

/** The same, and from LEFT on with missing values on the left, by what many-counts.ts says. */
export function scoreRandomBoth(): void {
  const low = i32x4.splat(0xffff)
  let lsq = i32x4.splat(0)
  let cross = lsq
  let gsq = lsq
  let m = lsq
  let gm = lsq
  let nl = lsq
  let gone = lsq
  for (let i: usize = 0; i < present; i++) {
    const both = v128.load(localCounts + (i << 4))
    const l = v128.and(both, low)
    const g = i32x4.shr_u(both, 16)
    const total = v128.load32_splat(localTotals + (i << 2))
    lsq = i32x4.add(lsq, i32x4.dot_i16x8_s(l, l))
    cross = i32x4.add(cross, i32x4.dot_i16x8_s(l, g))
    gsq = i32x4.add(gsq, i32x4.dot_i16x8_s(g, g))
    m = i32x4.add(m, i32x4.dot_i16x8_s(l, total))
    gm = i32x4.add(gm, i32x4.dot_i16x8_s(g, total))
    nl = i32x4.add(nl, l)
    gone = i32x4.add(gone, g)
  }
  storeScores(laneSums, lsq, m, nl)
  const lsqLeft = i32x4.add(i32x4.add(lsq, gsq), i32x4.shl(cross, 1))
  storeScores(laneSums + LEFT, lsqLeft, i32x4.add(m, gm), i32x4.add(nl, gone))
}

/** The weight of class i in the node. */
function totalOf(i: usize): v128 {
  return v128.load32_splat(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2))
}

function storeScores(at: usize, lsq: v128, m: v128, nl: v128): void {
  const nr = i32x4.sub(i32x4.splat(weight), nl)
  const rsq = i32x4.add(i32x4.sub(i32x4.splat(<u32>squares), i32x4.shl(m, 1)), lsq)
  if (weight < LIGHT_MANY) {
    v128.store(at, scoreFour(lsq, rsq, nl, nr))
    v128.store(at, lsq, 32)
    v128.store(at, m, 48)
    v128.store(at, nl, 64)
    return
  }
  v128.store(at, scorePair(lsq, rsq, nl, nr))
  v128.store(at, scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr)), 16)
  storeFour(at + 32, lsq)
  storeFour(at + 64, m)
  storeFour(at + 96, nl)
}

function storeFour(at: usize, v: v128): void {
  v128.store(at, f64x2.convert_low_i32x4_s(v))
  v128.store(at, f64x2.convert_low_i32x4_s(upper(v)), 16)
}

/** The same in float64 with missing values on a side, which are in upper halves if `halves`, else counted in. */
export function scoreRandomHeavy(side: u32, halves: bool): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    let lsq: f64 = 0
    let m: f64 = 0
    let nl: f64 = 0
    for (let i: usize = 0; i < present; i++) {
      const both = load<u32>(localCounts + (i << 4) + (lane << 2))
      const count = !halves ? both : (both & 0xffff) + (side == GO_LEFT ? both >> 16 : 0)
      const l = <f64>(count * load<u32>(localFactors + (i << 2)))
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

/** The same by entropy: laneSums gets f64[4] scores. */
export function scoreRandomEntropy(side: u32, halves: bool): void {
  const low = i32x4.splat(0xffff)
  let sum01 = f64x2.splat(0)
  let sum23 = sum01
  let nl = i32x4.splat(0)
  for (let i: usize = 0; i < present; i++) {
    let l = v128.load(localCounts + (i << 4))
    if (halves) {
      const gone = i32x4.shr_u(l, 16)
      l = v128.and(l, low)
      if (side == GO_LEFT) l = i32x4.add(l, gone)
    }
    const label = labelOf(i)
    const r = i32x4.sub(totalOf(i), l)
    nl = i32x4.add(nl, classFactors == 0 ? l : i32x4.mul(l, v128.load32_splat(localFactors + (i << 2))))
    sum01 = f64x2.add(sum01, f64x2.add(twoTerms(label, l), twoTerms(label, r)))
    sum23 = f64x2.add(sum23, f64x2.add(twoTerms(label, upper(l)), twoTerms(label, upper(r))))
  }
  if (classFactors != 0) {
    const sides = entropy.entropyOfSides(nl, i32x4.splat(<u32>whole))
    const unit = f64x2.splat(whole * termScale)
    v128.store(laneSums, f64x2.add(sum01, entropy.termsOfSides(sides, unit)))
    v128.store(laneSums, f64x2.add(sum23, entropy.termsOfSides(upper(sides), unit)), 16)
    return
  }
  v128.store(laneSums, f64x2.add(sum01, sidesOfTwo(nl)))
  v128.store(laneSums, f64x2.add(sum23, sidesOfTwo(upper(nl))), 16)
}

/** The terms of the first two of four weights of a class. */
function twoTerms(label: u32, x: v128): v128 {
  const a = i32x4.extract_lane(x, 0)
  const b = i32x4.extract_lane(x, 1)
  if (weight < termCount && classFactors == 0) return two(terms + (<usize>a << 3), terms + (<usize>b << 3))
  return f64x2.replace_lane(f64x2.splat(entropy.classTerm(label, a)), 1, entropy.classTerm(label, b))
}

/** The terms of the sides' weights of the first two of four cuts. */
function sidesOfTwo(nl: v128): v128 {
  const first = entropy.sidesOf(i32x4.extract_lane(nl, 0), weight)
  return f64x2.replace_lane(f64x2.splat(first), 1, entropy.sidesOf(i32x4.extract_lane(nl, 1), weight))
}
