export { buildReference, type CalibrationInput, type ReferenceInput, type SignalInput } from './build.ts'
export {
  CHECK_DEFAULTS,
  type CheckOptions,
  checkDrift,
  type DriftCheck,
  type DriftLevel,
  type SeriesCheck,
} from './drift/check.ts'
export type { Comparison, TestName, TestResult } from './drift/compare.ts'
export {
  type DriftReport,
  DriftWatch,
  type SeriesDrift,
  WATCH_DEFAULTS,
  type WatchOptions,
  type WatchState,
} from './drift/watch.ts'
export { MonitoringError, type MonitoringErrorCode } from './errors.ts'
export {
  FEEDBACK_DEFAULTS,
  FEEDBACK_RESULTS,
  FeedbackJoin,
  type FeedbackOptions,
  type FeedbackResult,
} from './feedback/feedback-join.ts'
export type { ClassPerformance, NumberPerformance, Performance } from './feedback/performance.ts'
export { LAG_SECONDS } from './feedback/tally.ts'
export { type FeatureBin, featureBins, featureDistances, MOST_EXPORTED, referenceRatios } from './fleet.ts'
export { FileSink, type FileSinkOptions } from './log/file-sink.ts'
export { isSampled, LOG_DEFAULTS, type LogCounts, type LogOptions, PredictionLog } from './log/prediction-log.ts'
export { eraseRecords, type LogTally, newTally, parseRecord, readLog } from './log/read-log.ts'
export {
  type FeedbackRecord,
  feedbackLine,
  type LoggedFeatures,
  type PredictionRecord,
} from './log/record.ts'
export { type Lines, type RecordEntry, RecordLines, type RecordOptions } from './log/record-lines.ts'
export type { Segment, SegmentSink } from './log/segment-sink.ts'
export { StreamSink } from './log/stream-sink.ts'
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
