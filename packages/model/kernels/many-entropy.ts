import { clearBytes, copyWords } from './bytes'
import { hasTable } from './criteria'
import { classTerm, sidesOf, sidesOfAny, writeSides, writeTerms } from './entropy'
import { present, weight, whole } from './many-node'
import { classFactors, classList, classTotals, localCounts, nodeTerms, termScale, termStarts } from './state'
import { LIGHT } from './two-score'

/*
 * The terms of the cuts of a node of three and more classes that weighs less than LIGHT: a table for each class, f64 [weight on the
 * left] h(l) + h(total - l), one behind the other, and one of the sides' weights, which ends in the middle. With class weights there is
 * none of the sides' weights, which take too many values.
 */

export let sideTerms: usize = 0
/** The score without a cut: the terms of the classes' weights in the node. */
export let wholeTerms: f64 = 0
/** Whether the node has tables. */
export let tabled: bool = false

/** Makes the tables of a node, whose classes are counted and summed up, if `tables`; `termStarts` gets their places. */
export function startTerms(tables: bool): void {
  wholeTerms = 0
  for (let i: usize = 0; i < present; i++) wholeTerms += classTerm(labelOf(i), totalOf(i))
  tabled = tables && weight < LIGHT
  if (!tabled) return
  let at = nodeTerms
  for (let i: usize = 0; i < present; i++) {
    const total = totalOf(i)
    store<u32>(termStarts + (i << 2), <u32>at)
    at = writeTerms(labelOf(i), at, total, total)
  }
  sideTerms = at
  if (classFactors == 0) writeSides(at, weight, weight >> 1)
}

/** The class of number i in the node, and what it weighs there without its class weight. */
export function labelOf(i: usize): u32 {
  return load<u16>(classList + (i << 1))
}

export function totalOf(i: usize): u32 {
  return load<u32>(classTotals + (<usize>labelOf(i) << 2))
}

/** The score of a cut from u16 [class] weights on its left, in a node that has tables. */
export function scoreCounts(counts: usize, nl: u32): f64 {
  let sum = load<f64>(sideTerms + (<usize>min(nl, weight - nl) << 3))
  for (let i: usize = 0; i < present; i++) {
    sum += load<f64>(load<u32>(termStarts + (i << 2)) + (<usize>load<u16>(counts + (i << 1)) << 3))
  }
  return sum
}

/** Starts a pass over sorted samples: of each class localCounts holds the place of its term, or, without a table, its weight on the left. */
export function startPass<C>(): void {
  const bytes = ((<usize>present << 2) + 15) & ~15
  if (hasTable<C>()) copyWords(localCounts, termStarts, bytes)
  else clearBytes(localCounts, bytes)
}

/** Brings a weight of a class, given as its number times 4, to the left; answers by how much its terms change. */
export function moveLeft<C>(label: usize, w: u32): f64 {
  const at = localCounts + label
  const before = load<u32>(at)
  if (hasTable<C>()) {
    const after = before + (w << 3)
    store<u32>(at, after)
    return load<f64>(after) - load<f64>(before)
  }
  const its = labelOf(label >> 2)
  const right = totalOf(label >> 2) - before
  store<u32>(at, before + w)
  return classTerm(its, before + w) - classTerm(its, before) + (classTerm(its, right - w) - classTerm(its, right))
}

/** The term of the sides' weights, which class weights count in. */
export function sideTerm<C>(nl: u32): f64 {
  if (classFactors != 0) return sidesOfAny(<f64>nl, whole)
  return hasTable<C>() ? load<f64>(sideTerms + (<usize>min(nl, weight - nl) << 3)) : sidesOf(nl, weight)
}

/** Decrease of entropy times weight by a cut of this score. */
export function decreaseOfEntropy(score: f64): f64 {
  return max(score - wholeTerms, 0) * (1 / termScale)
}
