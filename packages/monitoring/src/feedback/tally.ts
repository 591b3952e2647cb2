import { CONFIDENCE_BINS } from '../reference.ts'

/** Upper ends, inclusive, of the label-lag bins in seconds; one more bin is open. */
export const LAG_SECONDS = [1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400] as const

/** Where the numbers of a sub-window stand. All are sums, so sub-windows add up. */
export interface Cells {
  readonly length: number
  /** Answers given, and the sum of how likely each was right. */
  readonly answered: number
  readonly estimated: number
  /** Answers that got a label, and the same sum of these. */
  readonly labelled: number
  readonly labelledEstimate: number
  /** First of the lag bins, and the sum of lags in seconds. */
  readonly lags: number
  readonly lagSum: number
  /** Classes: right answers, log loss, then by class its labels and its right answers, then by confidence bin rows, right answers and confidence. */
  readonly correct: number
  readonly logLoss: number
  readonly labels: number
  readonly hits: number
  readonly bins: number
  /** Numbers: sums of error, its size and square, of the label and its square, and labels within the calibration's 5 % to 95 %. */
  readonly error: number
  readonly absolute: number
  readonly squared: number
  readonly label: number
  readonly labelSquared: number
  readonly covered: number
}

/** `classes` is 0 for a model of numbers. */
export function cellsOf(classes: number): Cells {
  const labels = 4 + LAG_SECONDS.length + 2 + 2
  const bins = labels + 2 * classes
  const number = bins + 3 * CONFIDENCE_BINS
  return {
    length: classes > 0 ? number : labels + 4,
    answered: 0,
    estimated: 1,
    labelled: 2,
    labelledEstimate: 3,
    lags: 4,
    lagSum: 4 + LAG_SECONDS.length + 1,
    correct: labels - 2,
    logLoss: labels - 1,
    labels,
    hits: labels + classes,
    bins,
    error: labels - 2,
    absolute: labels - 1,
    squared: labels,
    label: labels + 1,
    labelSquared: labels + 2,
    covered: labels + 3,
  }
}
