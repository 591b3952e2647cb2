import { classCalibration, numberCalibration } from './calibration.ts'
import { columnReference } from './column.ts'
import { MonitoringError } from './errors.ts'
import { classPredictions, numberPredictions } from './predictions.ts'
import {
  type Calibration,
  checksumOf,
  type PredictionReference,
  REFERENCE_FORMAT,
  REFERENCE_VERSION,
  type Reference,
  type ReferenceTarget,
} from './reference.ts'
import { signalReference } from './signals.ts'
import type { ReferenceSignature, SignatureTarget } from './signature.ts'

export interface ReferenceInput {
  readonly signature: ReferenceSignature
  /** Training columns in the signature's order, all of one length of at least 1; NaN is missing. */
  readonly columns: readonly Float32Array[]
  /** Class target: the model's probabilities on out-of-bag or held-out rows, [n * classes]; a NaN row had no answer. */
  readonly probabilities?: Float64Array | undefined
  /** Number target: the model's answers on out-of-bag or held-out rows; NaN had no answer. */
  readonly values?: Float64Array | undefined
  /** Answers beside the truth: class indices or values, one a row. */
  readonly calibration?: CalibrationInput | undefined
  /** The forest's signals for rows it was not trained on. */
  readonly signals?: SignalInput | undefined
  /** sha256 of the forest.copse, 64 lower-case hex digits. */
  readonly modelSha256: string
}

export interface CalibrationInput {
  readonly probabilities?: Float64Array | undefined
  readonly values?: Float64Array | undefined
  readonly actual: ArrayLike<number>
}

export interface SignalInput {
  /** A value a row. */
  readonly disagreement: Float64Array
  /** A value a row within 0 and 1; NaN throughout, or absent, where the forest does not know. */
  readonly rareShare?: Float64Array | undefined
}

/**
 * Makes the profile that drift is measured against. The same input gives the same JSON everywhere.
 *
 * @throws MonitoringError MONITORING_ERR_TABLE, MONITORING_ERR_VALUE or MONITORING_ERR_PREDICTIONS
 */
export function buildReference(input: ReferenceInput): Reference {
  const { signature, columns, modelSha256 } = input
  if (!/^[0-9a-f]{64}$/.test(modelSha256)) {
    throw new MonitoringError('MONITORING_ERR_VALUE', 'modelSha256 must be 64 lower-case hex digits.')
  }
  const rows = rowsOf(signature, columns)
  const content: Omit<Reference, 'checksum'> = {
    format: REFERENCE_FORMAT,
    version: REFERENCE_VERSION,
    modelSha256,
    rows,
    target: targetOf(signature.target),
    features: signature.features.map((feature, index) => columnReference(feature, columns[index])),
    predictions: predictionsOf(signature.target, input),
    calibration: calibrationOf(signature.target, input.calibration),
    signals: input.signals ? signalReference(input.signals) : null,
  }
  return { ...content, checksum: checksumOf(content) }
}

function rowsOf(signature: ReferenceSignature, columns: readonly Float32Array[]): number {
  const features = signature.features.length
  if (features === 0 || columns.length !== features) {
    throw new MonitoringError(
      'MONITORING_ERR_TABLE',
      `The table has ${columns.length} columns for ${features} features, where each feature must have one.`,
    )
  }
  const rows = columns[0].length
  if (rows === 0) throw new MonitoringError('MONITORING_ERR_TABLE', 'The table has no rows; a profile needs one.')
  const odd = columns.findIndex((column) => column.length !== rows)
  if (odd !== -1) {
    const name = signature.features[odd].name
    throw new MonitoringError('MONITORING_ERR_TABLE', `Feature "${name}" has ${columns[odd].length} rows, not ${rows}.`)
  }
  return rows
}

function targetOf(target: SignatureTarget): ReferenceTarget {
  const { name, type } = target
  return type === 'class' ? { name, type, classes: [...target.classes] } : { name, type }
}

function predictionsOf(target: SignatureTarget, input: ReferenceInput): PredictionReference | null {
  const { probabilities, values } = answersFor(target, input)
  if (target.type === 'class') return probabilities ? classPredictions(probabilities, target.classes.length) : null
  return values ? numberPredictions(values) : null
}

function calibrationOf(target: SignatureTarget, input: CalibrationInput | undefined): Calibration | null {
  if (!input) return null
  const { probabilities, values } = answersFor(target, input)
  if (target.type === 'class' && probabilities) {
    return classCalibration(probabilities, input.actual, target.classes.length)
  }
  if (target.type === 'number' && values) return numberCalibration(values, input.actual)
  throw new MonitoringError(
    'MONITORING_ERR_PREDICTIONS',
    `A calibration of a ${target.type} target needs ${target.type === 'class' ? 'probabilities' : 'values'}.`,
  )
}

/** Probabilities belong to a class target and values to a number target; the other kind is a mistake. */
function answersFor<T extends { probabilities?: Float64Array | undefined; values?: Float64Array | undefined }>(
  target: SignatureTarget,
  answers: T,
): T {
  const stray = target.type === 'class' ? 'values' : 'probabilities'
  if (answers[stray]) {
    throw new MonitoringError('MONITORING_ERR_PREDICTIONS', `A ${target.type} target has no ${stray}.`)
  }
  return answers
}
