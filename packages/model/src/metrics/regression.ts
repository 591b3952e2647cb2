import { sameLength } from './lengths.ts'

/**
 * Root of the mean squared error, in the target's unit, >= 0. Both are values [rows].
 * As sklearn.metrics.root_mean_squared_error.
 *
 * @throws ModelError MODEL_ERR_METRIC for no rows or different lengths.
 */
export function rmse(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const rows = sameLength('rmse', actual, predicted)
  return Math.sqrt(squaredError(actual, predicted) / rows)
}

/**
 * Mean of the absolute error, in the target's unit, >= 0. Both are values [rows]. As sklearn.metrics.mean_absolute_error.
 *
 * @throws ModelError MODEL_ERR_METRIC for no rows or different lengths.
 */
export function mae(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const rows = sameLength('mae', actual, predicted)
  let sum = 0
  for (let row = 0; row < rows; row++) sum += Math.abs(actual[row] - predicted[row])
  return sum / rows
}

/**
 * Coefficient of determination, <= 1: 1 - squared error / squared distance of the actual values from their mean. When
 * all actual values are equal it is 1 for a perfect answer and else 0; of a single row it is NaN. Both are values
 * [rows]. As sklearn.metrics.r2_score.
 *
 * @throws ModelError MODEL_ERR_METRIC for no rows or different lengths.
 */
export function r2(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const rows = sameLength('r2', actual, predicted)
  if (rows === 1) return Number.NaN
  const error = squaredError(actual, predicted)
  if (isConstant(actual)) return error === 0 ? 1 : 0
  return 1 - error / squaredSpread(actual)
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let row = 1; row < values.length; row++) if (values[row] !== values[0]) return false
  return true
}

function squaredSpread(values: ArrayLike<number>): number {
  let sum = 0
  for (let row = 0; row < values.length; row++) sum += values[row]
  const mean = sum / values.length
  let spread = 0
  for (let row = 0; row < values.length; row++) spread += (values[row] - mean) ** 2
  return spread
}

function squaredError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let sum = 0
  for (let row = 0; row < actual.length; row++) sum += (actual[row] - predicted[row]) ** 2
  return sum
}
