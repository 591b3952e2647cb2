import type { Dataset } from '@copse/dataset'
import {
  accuracy,
  argmax,
  classReport,
  confusionMatrix,
  type Forest,
  logLoss,
  mae,
  r2,
  rmse,
  rocAuc,
} from '@copse/model'
import type { Metrics } from './champion.ts'

/** A forest's answers: [rows * outputs], probabilities a class or one value a row. */
export function answers(forest: Forest, columns: readonly Float32Array[], rows: number): Float64Array {
  const out = new Float64Array(rows * forest.outputs)
  if (rows > 0) forest.predictInto(columns, out)
  return out
}

/**
 * Scores of answers against a table's target: accuracy, log_loss, f1_macro and roc_auc, or rmse, mae and r2. A score
 * that these rows do not define (roc_auc without both kinds of rows, r2 of a constant) is left out.
 */
export function measure(table: Dataset, given: Float64Array): Metrics {
  const { target } = table.signature
  const scores =
    target.type === 'class' ? ofClasses(table.target, given, target.classes.length) : ofValues(table.target, given)
  return Object.fromEntries(Object.entries(scores).filter(([, value]) => Number.isFinite(value)))
}

/** Mean of each metric that every fold has; `…_std` is the population standard deviation over the folds. */
export function summarise(folds: readonly Metrics[]): { mean: Metrics; std: Metrics } {
  const names = Object.keys(folds[0] ?? {}).filter((name) => folds.every((fold) => name in fold))
  const mean = Object.fromEntries(names.map((name) => [name, average(folds.map((fold) => fold[name]!))]))
  const std = Object.fromEntries(
    names.map((name) => [name, Math.sqrt(average(folds.map((fold) => (fold[name]! - mean[name]!) ** 2)))]),
  )
  return { mean, std }
}

function ofClasses(actual: ArrayLike<number>, probabilities: Float64Array, classes: number): Metrics {
  const predicted = argmax(probabilities, classes)
  return {
    accuracy: accuracy(actual, predicted),
    log_loss: logLoss(actual, probabilities, classes),
    f1_macro: classReport(confusionMatrix(actual, predicted, classes), classes).macro.f1,
    roc_auc: rocAuc(actual, probabilities, classes),
  }
}

function ofValues(actual: ArrayLike<number>, values: Float64Array): Metrics {
  return { rmse: rmse(actual, values), mae: mae(actual, values), r2: r2(actual, values) }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
