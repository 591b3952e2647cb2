import { list, text } from './answer.ts'
import type {
  ExperimentReply,
  FileReply,
  Integer,
  LoggedModelReply,
  MetricReply,
  RegisteredModelReply,
  RunReply,
  VersionReply,
} from './endpoints.ts'
import type { Entry } from './guards.ts'

/** Whole numbers are `number` as far as a double holds them, else `bigint`. Times are milliseconds since 1970. */
export interface Experiment {
  experimentId: string
  name: string
  artifactLocation: string
  lifecycleStage: string
  creationTime: Integer | undefined
  lastUpdateTime: Integer | undefined
  tags: Record<string, string>
}

export interface MlflowRun {
  info: {
    runId: string
    runName: string
    experimentId: string
    userId: string
    status: string
    startTime: Integer | undefined
    endTime: Integer | undefined
    artifactUri: string
    lifecycleStage: string
  }
  /** `metrics` holds the last value of each. */
  data: { params: Record<string, string>; metrics: Record<string, number>; tags: Record<string, string> }
  datasets: MlflowDataset[]
  /** Ids of the models that the run made. */
  modelIds: string[]
}

export interface MlflowDataset {
  name: string
  digest: string
  sourceType: string
  /** JSON texts, as MLflow keeps them. */
  source: string
  schema: string | undefined
  profile: string | undefined
  tags: Record<string, string>
}

export interface MetricHistoryPoint {
  key: string
  value: number
  step: Integer
  timestamp: Integer
}

/** `path` is relative to the run's artifacts. */
export interface ArtifactFile {
  path: string
  isDirectory: boolean
  bytes: Integer | undefined
}

export interface MlflowModel {
  modelId: string
  experimentId: string
  name: string
  modelType: string
  sourceRunId: string | undefined
  artifactUri: string
  status: string
  creationTime: Integer | undefined
  params: Record<string, string>
  tags: Record<string, string>
}

export interface RegisteredModel {
  name: string
  description: string
  creationTime: Integer | undefined
  lastUpdatedTime: Integer | undefined
  tags: Record<string, string>
  /** Version numbers by alias. */
  aliases: Record<string, string>
}

export interface RegisteredVersion {
  name: string
  version: string
  aliases: string[]
  runId: string | undefined
  source: string
  status: string
  modelId: string | undefined
  /** @deprecated In MLflow: use aliases. */
  stage: string
  description: string
  creationTime: Integer | undefined
  lastUpdatedTime: Integer | undefined
  tags: Record<string, string>
}

export function toExperiment(reply: ExperimentReply | undefined): Experiment {
  return {
    experimentId: text(reply?.experiment_id, 'experiment_id of an experiment'),
    name: reply?.name ?? '',
    artifactLocation: reply?.artifact_location ?? '',
    lifecycleStage: reply?.lifecycle_stage ?? '',
    creationTime: reply?.creation_time,
    lastUpdateTime: reply?.last_update_time,
    tags: toRecord(reply?.tags),
  }
}

export function toRun(reply: RunReply | undefined): MlflowRun {
  const { info, data, inputs, outputs } = reply ?? {}
  return {
    info: {
      runId: text(info?.run_id, 'run_id of a run'),
      runName: info?.run_name ?? '',
      experimentId: info?.experiment_id ?? '',
      userId: info?.user_id ?? '',
      status: info?.status ?? '',
      startTime: info?.start_time,
      endTime: info?.end_time,
      artifactUri: info?.artifact_uri ?? '',
      lifecycleStage: info?.lifecycle_stage ?? '',
    },
    data: {
      params: toRecord(data?.params),
      metrics: Object.fromEntries(list(data?.metrics).map((metric) => [String(metric.key), Number(metric.value)])),
      tags: toRecord(data?.tags),
    },
    datasets: list(inputs?.dataset_inputs).map(({ dataset, tags }) => ({
      name: dataset?.name ?? '',
      digest: dataset?.digest ?? '',
      sourceType: dataset?.source_type ?? '',
      source: dataset?.source ?? '',
      schema: dataset?.schema,
      profile: dataset?.profile,
      tags: toRecord(tags),
    })),
    modelIds: list(outputs?.model_outputs).map(({ model_id }) => String(model_id)),
  }
}

export function toPoint({ key, value, step, timestamp }: MetricReply): MetricHistoryPoint {
  return { key: text(key, 'key of a metric'), value: Number(value), step: step ?? 0, timestamp: timestamp ?? 0 }
}

export function toFile({ path, is_dir, file_size }: FileReply): ArtifactFile {
  return { path: text(path, 'path of an artifact'), isDirectory: is_dir === true, bytes: file_size }
}

export function toModel(reply: LoggedModelReply | undefined): MlflowModel {
  const { info, data } = reply ?? {}
  return {
    modelId: text(info?.model_id, 'model_id of a model'),
    experimentId: info?.experiment_id ?? '',
    name: info?.name ?? '',
    modelType: info?.model_type ?? '',
    sourceRunId: info?.source_run_id || undefined,
    artifactUri: info?.artifact_uri ?? '',
    status: info?.status ?? '',
    creationTime: info?.creation_timestamp_ms,
    params: toRecord(data?.params),
    tags: toRecord(info?.tags),
  }
}

export function toRegisteredModel(reply: RegisteredModelReply | undefined): RegisteredModel {
  return {
    name: text(reply?.name, 'name of a registered model'),
    description: reply?.description ?? '',
    creationTime: reply?.creation_timestamp,
    lastUpdatedTime: reply?.last_updated_timestamp,
    tags: toRecord(reply?.tags),
    aliases: Object.fromEntries(list(reply?.aliases).map(({ alias, version }) => [String(alias), String(version)])),
  }
}

export function toRegisteredVersion(reply: VersionReply | undefined): RegisteredVersion {
  return {
    name: text(reply?.name, 'name of a model version'),
    version: text(reply?.version, 'version of a model version'),
    aliases: list(reply?.aliases).map(String),
    runId: reply?.run_id || undefined,
    source: reply?.source ?? '',
    status: reply?.status ?? '',
    modelId: reply?.model_id || undefined,
    stage: reply?.current_stage ?? '',
    description: reply?.description ?? '',
    creationTime: reply?.creation_timestamp,
    lastUpdatedTime: reply?.last_updated_timestamp,
    tags: toRecord(reply?.tags),
  }
}

/** `fromEntries` and not assignment: a tag may be named __proto__. */
function toRecord(entries: readonly Entry[] | undefined): Record<string, string> {
  return Object.fromEntries(list(entries).map(({ key, value }) => [String(key), String(value ?? '')]))
}
