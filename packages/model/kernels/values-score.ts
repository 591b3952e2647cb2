import { leftFirst, leftSecond } from './best'
import { fixedScale } from './state'

/** Score of a cut in float64, from the weight and sum of its left side and of the node. */
export function score(nl: f64, sl: f64, weight: f64, sum: f64): f64 {
  const d = sl * weight - sum * nl
  return (d * d) / (nl * (weight - nl))
}

/** Decrease of the squared error times weight by the best cut. */
export function decreaseOf(weight: f64, sum: f64): f64 {
  // The scale is a power of two: dividing by it is exact.
  const perScale = 1 / fixedScale
  return (score(leftFirst, leftSecond, weight, sum) / weight) * perScale * perScale
}
