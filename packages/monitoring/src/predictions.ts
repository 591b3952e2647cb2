import { binOf, histogram } from './bins.ts'
import { MonitoringError } from './errors.ts'
import { type ClassPredictions, CONFIDENCE_BINS, type NumberPredictions } from './reference.ts'

/** Upper edges of the confidence bins but the last. */
export const CONFIDENCE_EDGES: readonly number[] = Array.from(
  { length: CONFIDENCE_BINS - 1 },
  (_, bin) => (bin + 1) / CONFIDENCE_BINS,
)

/** What one row was answered: the class of the largest probability (the first of equals) and that probability. */
export interface Decision {
  readonly row: number
  readonly classIndex: number
  readonly confidence: number
}

/** The profile of answered probabilities, row-major [rows * classes]; rows that are NaN throughout are left out. */
export function classPredictions(probabilities: Float64Array, classes: number): ClassPredictions {
  const counts = new Array<number>(classes).fill(0)
  const confidence = new Array<number>(CONFIDENCE_BINS).fill(0)
  let rows = 0
  for (const decision of decisions(probabilities, classes)) {
    rows++
    counts[decision.classIndex]++
    confidence[binOf(CONFIDENCE_EDGES, decision.confidence)]++
  }
  return { type: 'class', rows, counts, confidence }
}

/** The profile of answered values; NaN (no answer) is left out. */
export function numberPredictions(values: Float64Array): NumberPredictions {
  const found = histogram(values)
  if (found.min === -Infinity || found.max === Infinity) {
    const row = values.findIndex((value) => Math.abs(value) === Infinity)
    throw new MonitoringError('MONITORING_ERR_VALUE', `The answer of row ${row} is infinite, not a number.`)
  }
  return { type: 'number', rows: found.counts.reduce((sum, count) => sum + count, 0), ...found }
}

/** The decision of every answered row, in order. */
export function* decisions(probabilities: Float64Array, classes: number): Generator<Decision> {
  if (probabilities.length % classes !== 0) {
    throw new MonitoringError(
      'MONITORING_ERR_PREDICTIONS',
      `${probabilities.length} probabilities are not a whole number of rows of ${classes} classes.`,
    )
  }
  for (let row = 0; row * classes < probabilities.length; row++) {
    const of = probabilities.subarray(row * classes, (row + 1) * classes)
    if (of.every(Number.isNaN)) continue
    let best = 0
    for (let index = 0; index < classes; index++) {
      if (!(of[index] >= 0 && of[index] <= 1)) {
        throw new MonitoringError(
          'MONITORING_ERR_VALUE',
          `The probability of class ${index} in row ${row} is not within 0 and 1.`,
        )
      }
      if (of[index] > of[best]) best = index
    }
    yield { row, classIndex: best, confidence: of[best] }
  }
}
