import { nodeTerms, termScale } from './state'
import { sidesOf, term, writeSides, writeTerms } from './entropy'
import { LIGHT } from './two-score'

/*
 * The terms of the cuts of a node of two classes that weighs less than LIGHT: three tables one behind the other, of the weights of
 * the first class on the left, of the second, and of both. A weight x of t has the terms that t - x has, so that they end in the middle.
 */

export let firstTerms: usize = 0
export let secondTerms: usize = 0
export let sideTerms: usize = 0

/** Makes the tables of a node. */
export function startTerms(c0: u32, c1: u32): void {
  if (c0 + c1 >= LIGHT) return
  firstTerms = nodeTerms
  secondTerms = writeTerms(firstTerms, c0, c0 >> 1)
  sideTerms = writeTerms(secondTerms, c1, c1 >> 1)
  writeSides(sideTerms, c0 + c1, (c0 + c1) >> 1)
}

/** The score of a cut in a node that has tables. */
export function scoreLight(l0: u32, l1: u32, c0: u32, c1: u32): f64 {
  const nl = l0 + l1
  return (
    load<f64>(firstTerms + (<usize>min(l0, c0 - l0) << 3)) +
    load<f64>(secondTerms + (<usize>min(l1, c1 - l1) << 3)) +
    load<f64>(sideTerms + (<usize>min(nl, c0 + c1 - nl) << 3))
  )
}

/** The same in any node. */
export function scoreHeavy(l0: u32, l1: u32, c0: u32, c1: u32): f64 {
  return pairOf(l0, c0) + pairOf(l1, c1) + sidesOf(l0 + l1, c0 + c1)
}

/** h(l) + h(c - l). */
export function pairOf(l: u32, c: u32): f64 {
  return term(l) + term(c - l)
}

/** Decrease of entropy times weight. */
export function decreaseOfEntropy(l0: u32, l1: u32, c0: u32, c1: u32): f64 {
  const score = scoreHeavy(l0, l1, c0, c1)
  return max(score - (term(c0) + term(c1)), 0) * (1 / termScale)
}
