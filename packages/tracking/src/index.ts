export type { SearchOptions, ViewType } from './client-calls.ts'
export type {
  ArtifactFile,
  Experiment,
  MetricHistoryPoint,
  MlflowDataset,
  MlflowModel,
  MlflowRun,
  RegisteredModel,
  RegisteredVersion,
} from './entities.ts'
export { type Environment, type EnvironmentOptions, environmentOptions } from './environment-options.ts'
export { TrackingError, type TrackingErrorCode, type TrackingErrorDetails } from './errors.ts'
export { type Dropped, type JournalContents, type JournalKind, readJournal } from './journal.ts'
export type { ModelOrder } from './logged-model-calls.ts'
export { MlflowClient } from './mlflow-client.ts'
export { listRuns, type RunRecord, readRun } from './read-run.ts'
export { type ModelReference, parseModelReference } from './reference.ts'
export type { Stage } from './registered-model-calls.ts'
export { type ResolvedModel, resolveModel } from './resolve-model.ts'
export { prune, type RunState, storeStatus } from './store-status.ts'
export { type SyncedRun, type SyncOptions, type SyncReport, sync } from './sync.ts'
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
  ServerOptions,
  StartRunOptions,
  Table,
  TlsOptions,
  Tracking,
  TrackingOptions,
} from './types.ts'
export { type WatchOptions, watchAlias } from './watch-alias.ts'
