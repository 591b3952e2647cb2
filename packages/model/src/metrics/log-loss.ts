import { classIndices, metricError, sameRows } from './lengths.ts'

/**
 * The mean over rows of -ln(p of the actual class), in nats, >= 0: the cross entropy of Good (1952).
 * `actual` is class indices [rows], `probabilities` row-major [rows * classes]. A probability is clipped to
 * [2^-52, 1 - 2^-52], the float64 epsilon, as sklearn.metrics.log_loss does; rows are not normalised.
 *
 * @throws ModelError MODEL_ERR_METRIC for no rows, lengths that do not fit, a class out of range, or a p outside [0, 1].
 */
export function logLoss(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  const rows = sameRows('logLoss', actual, probabilities, classes)
  classIndices('logLoss', actual, classes)
  let sum = 0
  for (let row = 0; row < rows; row++) {
    const p = probabilities[row * classes + actual[row]]
    if (!(p >= 0 && p <= 1)) throw metricError('logLoss', `row ${row} has no probability, expected one from 0 to 1`)
    sum -= Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON))
  }
  return sum / rows
}
