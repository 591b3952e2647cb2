import { hash } from 'node:crypto'

export const REFERENCE_FORMAT = 'copse-reference'
export const REFERENCE_VERSION = 2

/** Bins of every confidence histogram: bin 0 is [0, 1/20], bin i is (i/20, (i+1)/20]. */
export const CONFIDENCE_BINS = 20

/** Shares at which the residuals of a regression are kept. */
export const RESIDUAL_SHARES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] as const

/**
 * What training looked like: plain JSON whose counts can be summed and compared with a window of live traffic.
 * `JSON.stringify` of it is the same text for the same input on every machine.
 */
export interface Reference {
  readonly format: typeof REFERENCE_FORMAT
  readonly version: typeof REFERENCE_VERSION
  /** sha256 (hex) of the forest.copse it belongs to. */
  readonly modelSha256: string
  /** Rows of the training table. */
  readonly rows: number
  readonly target: ReferenceTarget
  /** In the signature's order. */
  readonly features: readonly FeatureReference[]
  /** The model's own answers on rows it was not trained on; null when none were given. */
  readonly predictions: PredictionReference | null
  /** How far the answers were right, out of bag or held out; null when not given. */
  readonly calibration: Calibration | null
  /** How sure the forest was of rows it was not trained on; null when not given, as in every reference of version 1. */
  readonly signals: SignalReference | null
  /** sha256 (hex) of the JSON of everything above, in this order, without spaces. */
  readonly checksum: string
}

export type ReferenceTarget =
  | { readonly name: string; readonly type: 'class'; readonly classes: readonly string[] }
  | { readonly name: string; readonly type: 'number' }

export type FeatureReference = NumberReference | CategoryReference
export type PredictionReference = ClassPredictions | NumberPredictions
export type Calibration = ClassCalibration | NumberCalibration

/**
 * Counts of numbers in bins. Bin i holds the values with edges[i-1] < value <= edges[i]; the first bin has no lower and
 * the last no upper end, so there is one more count than edges. Edges ascend strictly.
 */
export interface Histogram {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  /** Null, as `max`, `mean` and `sd`, when there was no value at all. */
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  /** Population standard deviation. */
  readonly sd: number | null
}

/** Counts and `missing` sum to the reference's rows. Values are compared as float32, as the forest sees them. */
export interface NumberReference extends Histogram {
  readonly name: string
  readonly type: 'number'
  readonly missing: number
}

/** Counts by level; they and `missing` sum to the reference's rows. */
export interface CategoryReference {
  readonly name: string
  readonly type: 'category'
  readonly missing: number
  readonly levels: readonly string[]
  readonly counts: readonly number[]
}

/** Rows by the class that was answered and by the confidence (largest probability) of the answer; each sums to `rows`. */
export interface ClassPredictions {
  readonly type: 'class'
  readonly rows: number
  readonly counts: readonly number[]
  readonly confidence: readonly number[]
}

/** Answered values; counts sum to `rows`. */
export interface NumberPredictions extends Histogram {
  readonly type: 'number'
  readonly rows: number
}

/** By confidence bin: rows, how many of them were right, and their mean confidence (null in an empty bin). */
export interface ClassCalibration {
  readonly type: 'class'
  readonly rows: number
  readonly counts: readonly number[]
  readonly correct: readonly number[]
  readonly confidence: readonly (number | null)[]
}

/** Residuals (actual - answered): their mean and their quantiles at `shares`, linear between order statistics. */
export interface NumberCalibration {
  readonly type: 'number'
  readonly rows: number
  readonly mean: number
  readonly shares: readonly number[]
  readonly residuals: readonly number[]
}

/** What only a forest can tell of a row; counts of both sum to `rows`. */
export interface SignalReference {
  readonly rows: number
  /** Classes: share of the trees that vote for another class than the answer. Numbers: spread of the trees' values. */
  readonly disagreement: Histogram
  /** Share of the row's leaves that few training rows reached; null for a forest that does not know. */
  readonly rareShare: Histogram | null
}

/** The checksum of a reference's content, whose keys must stand in the order of `Reference` and its parts. */
export function checksumOf(content: object): string {
  return hash('sha256', JSON.stringify(content), 'hex')
}
