export { buildReference, type CalibrationInput, type ReferenceInput } from './build.ts'
export { MonitoringError, type MonitoringErrorCode } from './errors.ts'
export { parseReference } from './parse.ts'
export {
  type Calibration,
  type CategoryReference,
  type ClassCalibration,
  type ClassPredictions,
  CONFIDENCE_BINS,
  type FeatureReference,
  type Histogram,
  type NumberCalibration,
  type NumberPredictions,
  type NumberReference,
  type PredictionReference,
  REFERENCE_FORMAT,
  REFERENCE_VERSION,
  RESIDUAL_SHARES,
  type Reference,
  type ReferenceTarget,
} from './reference.ts'
export type { ReferenceSignature, SignatureFeature, SignatureTarget } from './signature.ts'
