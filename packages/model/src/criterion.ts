import { scaledXlog2x } from './logarithm.ts'
import { nearest } from './nearest.ts'
import { entropyOfSides } from './sides.ts'

/** Squared error of numbers, Gini impurity or entropy of classes. */
export const SQUARED_ERROR = 0
export const GINI = 1
export const ENTROPY = 2
export type Criterion = typeof SQUARED_ERROR | typeof GINI | typeof ENTROPY

/*
 * Scores are to be made as large as possible, and differ from minus the impurity times the weight of the samples by what
 * no split of them changes. Weights and sums are whole numbers, so nothing depends on the order they were taken in.
 */

/** How the scores of a node are computed; see docs/engine.md. A node's cuts are compared in one form only. Entropy: SINGLE with class weights, PLAIN without. */
export const PLAIN = 0
export const SINGLE = 1
export const DOUBLE = 2
/** Fractional and large weights of two classes: as DOUBLE, from weights and sums as for numbers. */
export const SUMS = 3
export type Form = typeof PLAIN | typeof SINGLE | typeof DOUBLE | typeof SUMS

/** Two classes: nodes lighter than this are scored in float32. */
const LIGHT = 32768
/** More classes: so are nodes lighter than this. */
const LIGHT_MANY = 256
/** Up to here products of two sums of weights, or of weights and squares of two classes, are exact in float64. */
const EXACT = 2 ** 26
/** Up to here products of a weight and a sum of squares are exact in float64. */
const EXACT_MANY = 2 ** 17

/** The form of a node of two classes. */
export function formOfTwo(criterion: Criterion, weight: number): Form {
  return criterion === ENTROPY || weight >= EXACT ? PLAIN : weight < LIGHT ? SINGLE : DOUBLE
}

/** The form of a node of more classes. */
export function formOfMany(criterion: Criterion, weight: number): Form {
  return criterion === ENTROPY || weight >= EXACT_MANY ? PLAIN : weight < LIGHT_MANY ? SINGLE : DOUBLE
}

/** Whole weights of two classes, which the weights of samples were multiplied by. */
export interface Pair {
  readonly first: number
  readonly second: number
}

/**
 * Two classes: what the score is the square of, from the weights of the second class and of both, left and right. Class
 * weights are a common factor of it and left out.
 */
export function differenceOfClasses(
  { first, second }: Pair,
  leftWeight: number,
  leftSecond: number,
  rightWeight: number,
  rightSecond: number,
): number {
  if (first === 1 && second === 1)
    return leftSecond * (rightWeight - rightSecond) - (leftWeight - leftSecond) * rightSecond
  const left = (leftWeight - leftSecond) / first
  const right = (rightWeight - rightSecond) / first
  return (leftSecond / second) * right - left * (rightSecond / second)
}

/** Numbers: the same from weights and sums of values. */
export function differenceOfSums(
  leftWeight: number,
  leftSecond: number,
  rightWeight: number,
  rightSecond: number,
): number {
  return leftSecond * rightWeight - rightSecond * leftWeight
}

/** Two classes or numbers: difference^2 / (left weight * right weight), rounded to float32 at each step in form SINGLE. */
function scoreDifference(form: Form, difference: number, leftWeight: number, rightWeight: number): number {
  if (form !== SINGLE) return (difference * difference) / (leftWeight * rightWeight)
  const d = Math.fround(difference)
  return Math.fround(Math.fround(d * d) / Math.fround(Math.fround(leftWeight) * Math.fround(rightWeight)))
}

/**
 * Two classes or numbers: score of a cut from the weights of its sides, both > 0, and the sums of `second`.
 *
 * @param scale what the terms of entropy are scaled by before they are rounded to whole numbers; 0 = they are not. The same below.
 */
export function scoreCut(
  criterion: Criterion,
  form: Form,
  pair: Pair,
  leftWeight: number,
  leftSecond: number,
  rightWeight: number,
  rightSecond: number,
  scale: number,
): number {
  if (form === PLAIN) return scoreSums(criterion, leftWeight, leftSecond, rightWeight, rightSecond, scale)
  if (criterion === ENTROPY) {
    const left = classTerms(leftWeight, leftSecond, scale)
    const right = classTerms(rightWeight, rightSecond, scale)
    return left + right + sidesTerm(leftWeight, rightWeight, scale)
  }
  if (criterion === GINI && form !== SUMS) {
    const difference = differenceOfClasses(pair, leftWeight, leftSecond, rightWeight, rightSecond)
    return scoreDifference(form, difference, leftWeight, rightWeight)
  }
  const difference =
    form === SINGLE ? leftSecond - rightSecond : differenceOfSums(leftWeight, leftSecond, rightWeight, rightSecond)
  return scoreDifference(form, difference, leftWeight, rightWeight)
}

/**
 * More classes, from the sums of `term` over the class weights of the sides: (left squares * right weight + right squares * left
 * weight) / (left weight * right weight), or what entropy has in form SINGLE.
 */
export function scoreSides(
  criterion: Criterion,
  form: Form,
  leftWeight: number,
  leftSquares: number,
  rightWeight: number,
  rightSquares: number,
  scale: number,
): number {
  if (criterion === ENTROPY) return leftSquares + rightSquares + sidesTerm(leftWeight, rightWeight, scale)
  const score = (leftSquares * rightWeight + rightSquares * leftWeight) / (leftWeight * rightWeight)
  return form === SINGLE ? Math.fround(score) : score
}

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
  scale = 0,
): number {
  if (criterion === GINI) {
    const left = leftSecond * (leftWeight - leftSecond)
    const right = rightSecond * (rightWeight - rightSecond)
    return -2 * ((left * rightWeight + right * leftWeight) / (leftWeight * rightWeight))
  }
  if (criterion === ENTROPY)
    return scoreEntropy(leftWeight, leftSecond, scale) + scoreEntropy(rightWeight, rightSecond, scale)
  const left = leftSecond * leftSecond
  const right = rightSecond * rightSecond
  return (left * rightWeight + right * leftWeight) / (leftWeight * rightWeight)
}

/** Score of not splitting. */
export function scoreWhole(criterion: Criterion, weight: number, second: number, scale = 0): number {
  if (criterion === GINI) return -2 * ((second * (weight - second)) / weight)
  if (criterion === ENTROPY) return scoreEntropy(weight, second, scale)
  return (second * second) / weight
}

function scoreEntropy(weight: number, second: number, scale: number): number {
  return classTerms(weight, second, scale) - scaledXlog2x(weight, scale)
}

/** What two classes add to the score of a side. */
function classTerms(weight: number, second: number, scale: number): number {
  return scaledXlog2x(weight - second, scale) + scaledXlog2x(second, scale)
}

/** What the weights of the sides add to a score in form SINGLE. */
function sidesTerm(left: number, right: number, scale: number): number {
  const whole = left + right
  return nearest(entropyOfSides(left, right) * (whole * scale)) - scaledXlog2x(whole, scale)
}

/** More than two classes: the score of one side from its weight and the sum of `term` over its class weights. */
export function scoreSide(criterion: Criterion, weight: number, sum: number, scale = 0): number {
  return criterion === ENTROPY ? sum - scaledXlog2x(weight, scale) : sum / weight
}

/** What a class weight adds to the sum of its side. */
export function term(criterion: Criterion, weight: number, scale = 0): number {
  return criterion === ENTROPY ? scaledXlog2x(weight, scale) : weight * weight
}

/** How `term` grows when `added` comes to `weight`. */
export function termStep(criterion: Criterion, weight: number, added: number, scale = 0): number {
  return criterion === ENTROPY
    ? scaledXlog2x(weight + added, scale) - scaledXlog2x(weight, scale)
    : added * (2 * weight + added)
}
