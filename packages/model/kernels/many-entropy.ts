import { EMPTY, term, writeSides, writeTerms } from './entropy'
import { present, weight } from './many-node'
import { localTotals, nodeTerms, termScale, termStarts } from './state'
import { LIGHT } from './two-score'

/*
 * The terms of the cuts of a node of three and more classes that weighs less than LIGHT: a table for each class, f64 [weight on the
 * left] h(l) + h(total - l), one behind the other, and one of the sides' weights, which ends in the middle.
 */

export let sideTerms: usize = 0
/** The score without a cut: the terms of the classes' weights in the node. */
export let wholeTerms: f64 = 0

/** Makes the tables of a node, whose classes are counted and summed up, if `tables`; `termStarts` gets their places. */
export function startTerms(tables: bool): void {
  wholeTerms = 0
  for (let i: usize = 0; i < present; i++) wholeTerms += term(<f64>load<u32>(localTotals + (i << 2)))
  if (!tables || weight >= LIGHT) return
  let at = nodeTerms
  for (let i: usize = 0; i < present; i++) {
    const total = load<u32>(localTotals + (i << 2))
    store<u32>(termStarts + (i << 2), <u32>at)
    at = writeTerms(at, total, total)
  }
  sideTerms = at
  writeSides(at, weight, weight >> 1)
}

/** The score of a cut from u16 [class] weights on its left, in a node that has tables. */
export function scoreCounts(counts: usize, nl: u32): f64 {
  let sum = load<f64>(sideTerms + (<usize>min(nl, weight - nl) << 3))
  for (let i: usize = 0; i < present; i++) {
    sum += load<f64>(load<u32>(termStarts + (i << 2)) + (<usize>load<u16>(counts + (i << 1)) << 3))
  }
  return sum
}

/** How the terms of a class that weighs `total` change when w comes to l on the left; in any node. */
export function termStep(l: u32, w: u32, total: u32): f64 {
  const right = total - l
  return term(<f64>(l + w)) - term(<f64>l) + (term(<f64>(right - w)) - term(<f64>right))
}

/** The term of the sides' weights, in any node. */
export function sidesOf(nl: f64): f64 {
  const nr = <f64>weight - nl
  if (nl == 0 || nr == 0) return EMPTY
  return term(<f64>weight) - (term(nl) + term(nr))
}

/** Decrease of entropy times weight by a cut of this score. */
export function decreaseOfEntropy(score: f64): f64 {
  return max(score - wholeTerms, 0) * (1 / termScale)
}
