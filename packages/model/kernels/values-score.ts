import { leftFirst, leftSecond } from './best'
import { classes } from './state'

/** Score of a cut in float64, from the weight and sum of its left side and of the node. */
export function score(nl: f64, sl: f64, weight: f64, sum: f64): f64 {
  const nr = weight - nl
  const d = sl * nr - (sum - sl) * nl
  return (d * d) / (nl * nr)
}

/** 1 / what values were multiplied by to make them whole, a power of two. */
let perScale: f64 = 1

export function setScale(scale: f64): void {
  perScale = 1 / scale
}

/** Decrease of the squared error, or of the Gini impurity of two classes, times weight by the best cut. */
export function decreaseOf(weight: f64, sum: f64): f64 {
  const decrease = score(leftFirst, leftSecond, weight, sum) / weight
  return classes > 0 ? 2 * decrease : decrease * perScale * perScale
}
