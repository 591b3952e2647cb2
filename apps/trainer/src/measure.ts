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

export interface Answers {
  /** [rows * outputs]: a probability a class, or one value a row. */
  readonly outputs: Float64Array
  /** [rows] what the forest decides for; empty for a forest of numbers. */
  readonly classIds: Uint16Array
}

/** What a forest answers to the rows of these columns. */
export function answers(forest: Forest, columns: readonly Float32Array[]): Answers {
  const rows = columns[0]!.length
  const outputs = new Float64Array(rows * forest.outputs)
  if (rows > 0) forest.predictInto(columns, outputs)
  return { outputs, classIds: decide(forest, columns, outputs) }
}

/**
 * Scores of answers against a table's target: accuracy, log_loss, f1_macro and roc_auc, or rmse, mae and r2. A score
 * that these rows do not define (roc_auc without both kinds of rows, r2 of one row) is left out.
 */
export function measure(table: Dataset, given: Answers): Metrics {
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

/** The highest share decides; only where a tie has a rule of its own is the forest asked again. */
function decide(forest: Forest, columns: readonly Float32Array[], outputs: Float64Array): Uint16Array {
  const { target } = forest.signature
  if (target.type === 'number' || outputs.length === 0) return new Uint16Array(0)
  if (forest.ties === 'first-class') return argmax(outputs, target.classes.length)
  const classIds = new Uint16Array(outputs.length / forest.outputs)
  forest.predictClassesInto(columns, classIds)
  return classIds
}

function ofClasses(actual: ArrayLike<number>, { outputs, classIds }: Answers, classes: number): Metrics {
  return {
    accuracy: accuracy(actual, classIds),
    log_loss: logLoss(actual, outputs, classes),
    f1_macro: classReport(confusionMatrix(actual, classIds, classes), classes).macro.f1,
    roc_auc: rocAuc(actual, outputs, classes),
  }
}

function ofValues(actual: ArrayLike<number>, { outputs }: Answers): Metrics {
  return { rmse: rmse(actual, outputs), mae: mae(actual, outputs), r2: r2(actual, outputs) }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
