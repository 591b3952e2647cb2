export { buildReference, type CalibrationInput, type ReferenceInput, type SignalInput } from './build.ts'
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
  type SignalReference,
} from './reference.ts'
export type { ReferenceSignature, SignatureFeature, SignatureTarget } from './signature.ts'
export { type AnsweredRows, Counter } from './window/counter.ts'
export { Layout, type Series } from './window/layout.ts'
export { WINDOW_DEFAULTS, Window, type WindowOptions, type WindowState } from './window/window.ts'
