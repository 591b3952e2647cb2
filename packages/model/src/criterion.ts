import { xlog2x } from './logarithm.ts'

/** Squared error of numbers, Gini impurity or entropy of classes. */
export const SQUARED_ERROR = 0
export const GINI = 1
export const ENTROPY = 2
export type Criterion = typeof SQUARED_ERROR | typeof GINI | typeof ENTROPY

/*
 * Scores are to be made as large as possible, and differ from minus the impurity times the weight of the samples by what
 * no split of them changes. Weights and sums are whole numbers, so nothing depends on the order they were taken in.
 */

/**
 * Score of a cut from the weights of its sides, both > 0, and the sums of `second` (see measure.ts). One division of
 * products that are exact up to 2^53, and symmetric in the sides and the classes: cuts that tie, tie in floating point too.
 */
export function scoreSums(
  criterion: Criterion,
  leftWeight: number,
  leftSecond: number,
  rightWeight: number,
  rightSecond: number,
): number {
  if (criterion === GINI) {
    const left = leftSecond * (leftWeight - leftSecond)
    const right = rightSecond * (rightWeight - rightSecond)
    return -2 * ((left * rightWeight + right * leftWeight) / (leftWeight * rightWeight))
  }
  if (criterion === ENTROPY) return scoreEntropy(leftWeight, leftSecond) + scoreEntropy(rightWeight, rightSecond)
  const left = leftSecond * leftSecond
  const right = rightSecond * rightSecond
  return (left * rightWeight + right * leftWeight) / (leftWeight * rightWeight)
}

/** Score of not splitting. */
export function scoreWhole(criterion: Criterion, weight: number, second: number): number {
  if (criterion === GINI) return -2 * ((second * (weight - second)) / weight)
  if (criterion === ENTROPY) return scoreEntropy(weight, second)
  return (second * second) / weight
}

function scoreEntropy(weight: number, second: number): number {
  return xlog2x(weight - second) + xlog2x(second) - xlog2x(weight)
}

/** More than two classes: the score of one side from its weight and the sum of `term` over its class weights. */
export function scoreSide(criterion: Criterion, weight: number, sum: number): number {
  return criterion === ENTROPY ? sum - xlog2x(weight) : sum / weight
}

/** What a class weight adds to the sum of its side. */
export function term(criterion: Criterion, weight: number): number {
  return criterion === ENTROPY ? xlog2x(weight) : weight * weight
}

/** How `term` grows when `added` comes to `weight`. */
export function termStep(criterion: Criterion, weight: number, added: number): number {
  return criterion === ENTROPY ? xlog2x(weight + added) - xlog2x(weight) : added * (2 * weight + added)
}
