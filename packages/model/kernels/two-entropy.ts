import { classTerm, sidesOf, sidesOfAny, writeSides, writeTerms } from './entropy'
import { classFactors, nodeTerms, termScale } from './state'
import { LIGHT, factor0, factor1 } from './two-score'

/*
 * The terms of the cuts of a node of two classes that weighs less than LIGHT: three tables one behind the other, of the weights of
 * the first class on the left, of the second, and of both. A weight x of t has the terms that t - x has, so that they end in the middle.
 * With class weights there is none of both, which take too many values.
 */

let label0: u32 = 0
let label1: u32 = 1

export function setLabels(of0: u32, of1: u32): void {
  label0 = of0
  label1 = of1
}

export let firstTerms: usize = 0
export let secondTerms: usize = 0
export let sideTerms: usize = 0

/** Makes the tables of a node. */
export function startTerms(c0: u32, c1: u32): void {
  if (c0 + c1 >= LIGHT) return
  firstTerms = nodeTerms
  secondTerms = writeTerms(label0, firstTerms, c0, c0 >> 1)
  sideTerms = writeTerms(label1, secondTerms, c1, c1 >> 1)
  if (classFactors == 0) writeSides(sideTerms, c0 + c1, (c0 + c1) >> 1)
}

/** The score of a cut in a node that has tables. */
export function scoreLight(l0: u32, l1: u32, c0: u32, c1: u32): f64 {
  const pairs =
    load<f64>(firstTerms + (<usize>min(l0, c0 - l0) << 3)) + load<f64>(secondTerms + (<usize>min(l1, c1 - l1) << 3))
  if (classFactors != 0) return pairs + sidesAt(l0, l1, c0, c1)
  const nl = l0 + l1
  return pairs + load<f64>(sideTerms + (<usize>min(nl, c0 + c1 - nl) << 3))
}

/** The same in any node. */
export function scoreHeavy(l0: u32, l1: u32, c0: u32, c1: u32): f64 {
  return firstPair(l0, c0) + secondPair(l1, c1) + sidesAt(l0, l1, c0, c1)
}

/** h(l) + h(c - l) of the first class. */
export function firstPair(l: u32, c: u32): f64 {
  return classTerm(label0, l) + classTerm(label0, c - l)
}

export function secondPair(l: u32, c: u32): f64 {
  return classTerm(label1, l) + classTerm(label1, c - l)
}

/** The term of the sides' weights. */
export function sidesAt(l0: u32, l1: u32, c0: u32, c1: u32): f64 {
  if (classFactors == 0) return sidesOf(l0 + l1, c0 + c1)
  return sidesOfAny(weightOf(l0, l1), weightOf(c0, c1))
}

/** The weight of both classes. */
export function weightOf(w0: u32, w1: u32): f64 {
  return <f64>factor0 * <f64>w0 + <f64>factor1 * <f64>w1
}

/** Decrease of entropy times weight. */
export function decreaseOfEntropy(l0: u32, l1: u32, c0: u32, c1: u32): f64 {
  const score = scoreHeavy(l0, l1, c0, c1)
  return max(score - (classTerm(label0, c0) + classTerm(label1, c1)), 0) * (1 / termScale)
}
