import { ModelError } from '../errors.ts'

/** @throws ModelError MODEL_ERR_METRIC unless both have the same length, at least 1. */
export function sameLength(metric: string, actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  if (actual.length === 0) throw metricError(metric, 'there are no rows, expected at least 1')
  if (actual.length === predicted.length) return actual.length
  throw metricError(metric, `there are ${predicted.length} predictions, expected ${actual.length} as actual values`)
}

/** @throws ModelError MODEL_ERR_METRIC unless it is an integer in 1..65536. */
export function classCount(metric: string, classes: number): void {
  if (Number.isInteger(classes) && classes >= 1 && classes <= 65536) return
  throw metricError(metric, 'the number of classes is out of range, expected an integer from 1 to 65536')
}

/** @throws ModelError MODEL_ERR_METRIC unless `probabilities` are whole rows of at least one class. */
export function rowsOf(metric: string, probabilities: ArrayLike<number>, classes: number): number {
  classCount(metric, classes)
  if (probabilities.length % classes === 0) return probabilities.length / classes
  throw metricError(metric, `there are ${probabilities.length} probabilities, expected a multiple of ${classes}`)
}

/** @throws ModelError MODEL_ERR_METRIC unless there is one row of probabilities for each actual class, at least 1. */
export function sameRows(
  metric: string,
  actual: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): number {
  const rows = rowsOf(metric, probabilities, classes)
  if (actual.length === 0) throw metricError(metric, 'there are no rows, expected at least 1')
  if (actual.length === rows) return rows
  throw metricError(metric, `there are ${rows} rows of probabilities, expected ${actual.length} as actual classes`)
}

/** @throws ModelError MODEL_ERR_METRIC unless every entry is an integer in 0..classes - 1. */
export function classIndices(metric: string, indices: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < indices.length; row++) {
    if (!(Number.isInteger(indices[row]) && indices[row] >= 0 && indices[row] < classes)) {
      throw metricError(metric, `row ${row} has no class index, expected an integer from 0 to ${classes - 1}`)
    }
  }
}

export function metricError(metric: string, message: string): ModelError {
  return new ModelError('MODEL_ERR_METRIC', `In ${metric}, ${message}.`)
}
