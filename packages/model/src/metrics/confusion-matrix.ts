import { classCount, classIndices, metricError, sameLength } from './lengths.ts'

/**
 * Rows by actual and predicted class: entry [actual * classes + predicted]. Both are class indices [rows].
 * As sklearn.metrics.confusion_matrix with every class listed.
 *
 * @throws ModelError MODEL_ERR_METRIC for no rows, different lengths or a class out of range.
 */
export function confusionMatrix(actual: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Uint32Array {
  classCount('confusionMatrix', classes)
  const rows = sameLength('confusionMatrix', actual, predicted)
  classIndices('confusionMatrix', actual, classes)
  classIndices('confusionMatrix', predicted, classes)
  const matrix = new Uint32Array(classes * classes)
  for (let row = 0; row < rows; row++) matrix[actual[row] * classes + predicted[row]]++
  return matrix
}

export interface Averages {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

export interface ClassReport {
  /** [classes] right among the rows predicted as the class. */
  readonly precision: readonly number[]
  /** [classes] right among the rows of the class. */
  readonly recall: readonly number[]
  /** [classes] harmonic mean of precision and recall. */
  readonly f1: readonly number[]
  /** [classes] rows of the class. */
  readonly support: readonly number[]
  /** Plain mean over the classes. */
  readonly macro: Averages
  /** Mean weighted by support. */
  readonly weighted: Averages
}

/**
 * Precision, recall and F1 (van Rijsbergen 1979) of each class from a confusion matrix [actual * classes + predicted].
 * A ratio whose denominator is 0 is 0, as in sklearn.metrics.precision_recall_fscore_support.
 *
 * @throws ModelError MODEL_ERR_METRIC when the matrix has not classes^2 entries.
 */
export function classReport(matrix: ArrayLike<number>, classes: number): ClassReport {
  classCount('classReport', classes)
  if (matrix.length !== classes * classes) {
    throw metricError('classReport', `the matrix has ${matrix.length} entries, expected ${classes * classes}`)
  }
  const support: number[] = new Array(classes).fill(0)
  const guessed: number[] = new Array(classes).fill(0)
  for (let k = 0; k < classes; k++) {
    for (let j = 0; j < classes; j++) {
      support[k] += matrix[k * classes + j]
      guessed[j] += matrix[k * classes + j]
    }
  }
  const right = support.map((_, k) => matrix[k * classes + k])
  const precision = right.map((hits, k) => ratio(hits, guessed[k]))
  const recall = right.map((hits, k) => ratio(hits, support[k]))
  const f1 = right.map((hits, k) => ratio(2 * hits, guessed[k] + support[k]))
  const average = (weights: readonly number[]): Averages => ({
    precision: mean(precision, weights),
    recall: mean(recall, weights),
    f1: mean(f1, weights),
  })
  return { precision, recall, f1, support, macro: average(support.map(() => 1)), weighted: average(support) }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function mean(values: readonly number[], weights: readonly number[]): number {
  let sum = 0
  let total = 0
  for (let k = 0; k < values.length; k++) {
    sum += values[k] * weights[k]
    total += weights[k]
  }
  return ratio(sum, total)
}
