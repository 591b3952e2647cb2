import { binOf } from './bins.ts'
import { MonitoringError } from './errors.ts'
import { CONFIDENCE_EDGES, decisions } from './predictions.ts'
import { type ClassCalibration, CONFIDENCE_BINS, type NumberCalibration, RESIDUAL_SHARES } from './reference.ts'

/** How often answers of each confidence were right. `actual` holds a class index a row; unanswered rows are left out. */
export function classCalibration(
  probabilities: Float64Array,
  actual: ArrayLike<number>,
  classes: number,
): ClassCalibration {
  sameRows(probabilities.length / classes, actual.length)
  const counts = new Array<number>(CONFIDENCE_BINS).fill(0)
  const correct = new Array<number>(CONFIDENCE_BINS).fill(0)
  const sums = new Array<number>(CONFIDENCE_BINS).fill(0)
  let rows = 0
  for (const { row, classIndex, confidence } of decisions(probabilities, classes)) {
    const truth = actual[row]
    if (!(Number.isInteger(truth) && truth >= 0 && truth < classes)) {
      throw new MonitoringError('MONITORING_ERR_VALUE', `The actual class of row ${row} is not 0 to ${classes - 1}.`)
    }
    const bin = binOf(CONFIDENCE_EDGES, confidence)
    rows++
    counts[bin]++
    sums[bin] += confidence
    if (truth === classIndex) correct[bin]++
  }
  return { type: 'class', rows, counts, correct, confidence: sums.map((sum, bin) => meanInBin(sum, counts[bin], bin)) }
}

/** The residuals of answered values; `actual` holds a value a row, a NaN answer is left out. */
export function numberCalibration(values: Float64Array, actual: ArrayLike<number>): NumberCalibration {
  sameRows(values.length, actual.length)
  const residuals = values.map((value, row) => actual[row] - value).filter((_, row) => !Number.isNaN(values[row]))
  if (residuals.length === 0) {
    throw new MonitoringError('MONITORING_ERR_PREDICTIONS', 'A calibration needs at least one answered row.')
  }
  if (!residuals.every(Number.isFinite)) {
    throw new MonitoringError('MONITORING_ERR_VALUE', 'An actual value less its answer is not a finite number.')
  }
  residuals.sort()
  let mean = 0
  for (const residual of residuals) mean += residual / residuals.length
  let last = -Infinity
  const quantiles = RESIDUAL_SHARES.map((share) => {
    last = Math.max(last, quantile(residuals, share))
    return last + 0
  })
  return { type: 'number', rows: residuals.length, mean: mean + 0, shares: [...RESIDUAL_SHARES], residuals: quantiles }
}

/** The mean confidence of a bin, kept within the bin where rounding would carry it out. */
function meanInBin(sum: number, count: number, bin: number): number | null {
  if (count === 0) return null
  return Math.min(Math.max(sum / count, bin / CONFIDENCE_BINS), (bin + 1) / CONFIDENCE_BINS)
}

/** Hyndman and Fan's type 7, numpy's default: linear between the order statistics around (n - 1) * share. */
function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share
  const lower = sorted[Math.floor(at)]
  const upper = sorted[Math.ceil(at)]
  const part = at - Math.floor(at)
  return Math.min(Math.max(lower * (1 - part) + upper * part, lower), upper)
}

function sameRows(answered: number, actual: number): void {
  if (answered === actual) return
  throw new MonitoringError(
    'MONITORING_ERR_PREDICTIONS',
    `A calibration has ${answered} answered and ${actual} actual rows, which must be as many.`,
  )
}
