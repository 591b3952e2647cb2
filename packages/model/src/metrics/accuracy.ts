import { sameLength } from './lengths.ts'

/**
 * The share of rows whose class is right, in [0, 1]. Both are class indices [rows].
 * As sklearn.metrics.accuracy_score.
 *
 * @throws ModelError MODEL_ERR_METRIC for no rows or different lengths.
 */
export function accuracy(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const rows = sameLength('accuracy', actual, predicted)
  let right = 0
  for (let row = 0; row < rows; row++) if (actual[row] === predicted[row]) right++
  return right / rows
}
