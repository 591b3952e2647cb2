import { confusionMatrix } from '@copse/model'
import type { Metrics } from './champion.ts'
import type { Parts } from './parts.ts'
import type { Trial } from './trial.ts'

/** Classes up to which the confusion matrix is kept: 40,000 counts. */
const MOST_CLASSES = 200

/** `evaluation.json`: how good a forest was when it was made, for programs; the model card says it to people. */
export interface Evaluation {
  readonly format: 'copse-evaluation'
  readonly version: 1
  readonly held_out: { readonly rows: number; readonly metrics: Metrics }
  /** Means and population standard deviations over the folds of the rows that are not held out. */
  readonly cross_validation: {
    readonly folds: number
    readonly rows: number
    readonly metrics: Metrics
    readonly std: Metrics
  }
  /** Held-out rows by [actual][predicted], in the order of the signature's classes; null for numbers and above 200 classes. */
  readonly confusion: readonly (readonly number[])[] | null
}

export function evaluationOf({ forest, answers, cv, cvStd, test }: Trial, parts: Parts): Evaluation {
  const { target } = forest.signature
  return {
    format: 'copse-evaluation',
    version: 1,
    held_out: { rows: parts.test.rows, metrics: test },
    cross_validation: { folds: parts.folds.length, rows: parts.train.rows, metrics: cv, std: cvStd },
    confusion:
      target.type === 'class' && target.classes.length <= MOST_CLASSES
        ? square(confusionMatrix(parts.test.target, answers.classIds, target.classes.length), target.classes.length)
        : null,
  }
}

function square(cells: ArrayLike<number>, size: number): number[][] {
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => cells[row * size + column]!),
  )
}
