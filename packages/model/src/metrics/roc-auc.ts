import { classIndices, metricError, sameRows } from './lengths.ts'

/**
 * Area under the ROC curve, in [0, 1]: the chance that a row of the class scores higher than a row of another one, where
 * a tie counts half (Hanley and McNeil 1982), by average ranks as in the Mann-Whitney U test. With two classes the score
 * is class 1's; with more it is the plain mean over the classes, each against the rest. NaN when a class, in either
 * role, has no row. As sklearn.metrics.roc_auc_score(multi_class='ovr', average='macro').
 * `actual` is class indices [rows], `probabilities` row-major [rows * classes].
 *
 * @throws ModelError MODEL_ERR_METRIC for no rows, one class, lengths that do not fit, a class out of range, or NaN.
 */
export function rocAuc(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  const rows = sameRows('rocAuc', actual, probabilities, classes)
  if (classes < 2) throw metricError('rocAuc', 'there is one class, expected at least 2')
  classIndices('rocAuc', actual, classes)
  const wrong = Array.prototype.findIndex.call(probabilities, (p: number) => Number.isNaN(p))
  if (wrong >= 0) throw metricError('rocAuc', `row ${Math.floor(wrong / classes)} has a NaN, expected probabilities`)
  if (classes === 2) return areaOf(1, actual, probabilities, classes, rows)
  let sum = 0
  for (let k = 0; k < classes; k++) sum += areaOf(k, actual, probabilities, classes, rows)
  return sum / classes
}

function areaOf(
  k: number,
  actual: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  rows: number,
): number {
  const score = (row: number): number => probabilities[row * classes + k]
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => score(a) - score(b))
  let positives = 0
  let rankSum = 0
  for (let first = 0, end = 0; first < rows; first = end) {
    let tied = 0
    for (end = first; end < rows && score(order[end]) === score(order[first]); end++) {
      if (actual[order[end]] === k) tied++
    }
    positives += tied
    rankSum += (tied * (first + 1 + end)) / 2 // ranks first + 1 .. end, averaged
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (rows - positives))
}
