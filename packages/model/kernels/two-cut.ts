import { isEntropy } from './criteria'
import * as entropy from './two-entropy'
import { scoreHeavy, scoreLight } from './two-score'

/** The score of a cut of two classes from their weights on the left and in the node; `light` where that weighs less than LIGHT. */
export function scoreCut<C>(l0: u32, l1: u32, c0: u32, c1: u32, light: bool): f64 {
  if (isEntropy<C>()) return light ? entropy.scoreLight(l0, l1, c0, c1) : entropy.scoreHeavy(l0, l1, c0, c1)
  return light ? <f64>scoreLight(l0, l1, c0, c1) : scoreHeavy(l0, l1, c0, c1)
}
