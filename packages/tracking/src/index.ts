export { TrackingError, type TrackingErrorCode, type TrackingErrorDetails } from './errors.ts'
export { type Dropped, type JournalContents, type JournalKind, readJournal } from './journal.ts'
export { listRuns, type RunRecord, readRun } from './read-run.ts'
export { type ModelReference, parseModelReference } from './reference.ts'
export { type ResolvedModel, resolveModel } from './resolve-model.ts'
export { openTracking } from './tracking.ts'
export type {
  DatasetInput,
  LoggedModel,
  LogModelOptions,
  MetricPoint,
  ModelVersion,
  ParamValue,
  Registry,
  Run,
  RunStatus,
  StartRunOptions,
  Tracking,
  TrackingOptions,
} from './types.ts'
