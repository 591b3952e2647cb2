import { CONFIDENCE_BINS, type ReferenceTarget } from '../reference.ts'
import { cellsOf, LAG_SECONDS } from './tally.ts'

/** How good the answers of late were, as far as labels came; what no label tells is null. */
export type Performance = ClassPerformance | NumberPerformance

interface Common {
  /** Predictions given, and labels that met theirs, in the window; a label counts when it comes. */
  readonly answered: number
  readonly labelled: number
  /** Seconds from prediction to label: mean, and counts up to each of `LAG_SECONDS` and beyond the last. */
  readonly lag: { readonly mean: number | null; readonly counts: readonly number[] }
}

export interface ClassPerformance extends Common {
  readonly type: 'class'
  readonly accuracy: number | null
  /** Mean of -ln p of the label's class, p at least 1e-15. */
  readonly logLoss: number | null
  /** Expected calibration error: over 20 bins of confidence, the share of rows times |accuracy - mean confidence|. */
  readonly ece: number | null
  readonly recall: readonly { readonly class: string; readonly labels: number; readonly recall: number | null }[]
  readonly estimate: {
    /** Accuracy expected of all predictions of the window, without labels. */
    readonly accuracy: number | null
    /** The same of those that have labels, less the accuracy that they had: how wrong the estimate is. */
    readonly error: number | null
  }
}

export interface NumberPerformance extends Common {
  readonly type: 'number'
  readonly rmse: number | null
  readonly mae: number | null
  /** Mean of label less answer. */
  readonly bias: number | null
  readonly r2: number | null
  /** Share of labels within the 5 % to 95 % of the calibration's residuals around the answer: .9 where nothing changed. */
  readonly coverage: number | null
}

/** Reads the sums that `FeedbackJoin` keeps. */
export function performanceOf(target: ReferenceTarget, sums: Float64Array): Performance {
  const classes = target.type === 'class' ? target.classes : []
  const at = cellsOf(classes.length)
  const n = sums[at.labelled]
  const mean = (cell: number, rows = n) => (rows > 0 ? sums[cell] / rows : null)
  const common = {
    answered: sums[at.answered],
    labelled: n,
    lag: { mean: mean(at.lagSum), counts: Array.from(sums.subarray(at.lags, at.lags + LAG_SECONDS.length + 1)) },
  }
  if (target.type === 'number') {
    const spread = sums[at.labelSquared] - (n > 0 ? sums[at.label] ** 2 / n : 0)
    const squared = mean(at.squared)
    return {
      type: 'number',
      ...common,
      rmse: squared === null ? null : Math.sqrt(squared),
      mae: mean(at.absolute),
      bias: mean(at.error),
      r2: n > 1 && spread > 0 ? 1 - sums[at.squared] / spread : null,
      coverage: mean(at.covered),
    }
  }
  let gap = 0
  for (let bin = at.bins; bin < at.bins + 3 * CONFIDENCE_BINS; bin += 3) gap += Math.abs(sums[bin + 1] - sums[bin + 2])
  const accuracy = mean(at.correct)
  return {
    type: 'class',
    ...common,
    accuracy,
    logLoss: mean(at.logLoss),
    ece: n > 0 ? gap / n : null,
    recall: classes.map((name, k) => ({
      class: name,
      labels: sums[at.labels + k],
      recall: mean(at.hits + k, sums[at.labels + k]),
    })),
    estimate: {
      accuracy: mean(at.estimated, sums[at.answered]),
      error: accuracy === null ? null : sums[at.labelledEstimate] / n - accuracy,
    },
  }
}
