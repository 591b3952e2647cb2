import type { Entry, Metric } from './guards.ts'

/** One call of MLflow's REST API, relative to `/api/2.0/mlflow/`. `{id}` and `{key}` in a path are filled from the request. */
export interface Endpoint<Request, Reply> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  /** Whether sending it twice leaves the server as sending it once does. */
  repeatable: boolean
  /** Types only. */
  request?: Request
  reply?: Reply
}

/** Fields of a reply are what a right server sends; each is checked where it is used. 64-bit integers may be bigint. */
export type Integer = number | bigint

export interface ExperimentReply {
  experiment_id?: string
  name?: string
  artifact_location?: string
  lifecycle_stage?: string
  creation_time?: Integer
  last_update_time?: Integer
  tags?: Entry[]
}

export interface RunReply {
  info?: {
    run_id?: string
    run_name?: string
    experiment_id?: string
    user_id?: string
    status?: string
    start_time?: Integer
    end_time?: Integer
    artifact_uri?: string
    lifecycle_stage?: string
  }
  data?: { params?: Entry[]; tags?: Entry[]; metrics?: MetricReply[] }
  inputs?: { dataset_inputs?: Partial<DatasetEntry>[] }
  outputs?: { model_outputs?: { model_id?: string; step?: Integer }[] }
}

/** NaN and the infinities come as text. */
export interface MetricReply {
  key?: string
  value?: number | string
  step?: Integer
  timestamp?: Integer
}

export interface DatasetEntry {
  tags: Entry[]
  dataset: { name: string; digest: string; source_type: string; source: string; schema?: string; profile?: string }
}

export interface FileReply {
  path?: string
  is_dir?: boolean
  file_size?: Integer
}

export interface LoggedModelReply {
  info?: {
    model_id?: string
    experiment_id?: string
    name?: string
    model_type?: string
    source_run_id?: string
    artifact_uri?: string
    status?: string
    creation_timestamp_ms?: Integer
    last_updated_timestamp_ms?: Integer
    tags?: Entry[]
  }
  data?: { params?: Entry[]; metrics?: MetricReply[] }
}

export interface VersionReply {
  name?: string
  version?: string
  aliases?: string[]
  run_id?: string
  source?: string
  status?: string
  model_id?: string
  current_stage?: string
  tags?: Entry[]
  creation_timestamp?: Integer
  last_updated_timestamp?: Integer
  description?: string
}

export interface RegisteredModelReply {
  name?: string
  description?: string
  creation_timestamp?: Integer
  last_updated_timestamp?: Integer
  tags?: Entry[]
  aliases?: { alias?: string; version?: string }[]
}

/** Where a search goes on; absent at the end. */
interface NextPage {
  next_page_token?: string
}

interface Page {
  max_results: number
  page_token?: string
}

interface Search extends Page {
  filter?: string
  order_by?: readonly string[]
}

type Named = { name: string }
type Version = { name: string; version: string }
type OfRun = { run_id: string }
type OfExperiment = { experiment_id: string }
type Nothing = object

/** The one table of MLflow's API, as far as it is about experiments, runs, models and the registry. */
export const endpoints = {
  createExperiment: post<Named & { artifact_location?: string; tags?: Entry[] }, ExperimentReply>(
    'experiments/create',
    true,
  ),
  getExperiment: get<OfExperiment, { experiment?: ExperimentReply }>('experiments/get'),
  getExperimentByName: get<{ experiment_name: string }, { experiment?: ExperimentReply }>('experiments/get-by-name'),
  searchExperiments: post<Search & { view_type?: string }, NextPage & { experiments?: ExperimentReply[] }>(
    'experiments/search',
    true,
  ),
  updateExperiment: post<OfExperiment & { new_name: string }, Nothing>('experiments/update', true),
  deleteExperiment: post<OfExperiment, Nothing>('experiments/delete', true),
  restoreExperiment: post<OfExperiment, Nothing>('experiments/restore', true),
  setExperimentTag: post<OfExperiment & Entry, Nothing>('experiments/set-experiment-tag', true),
  deleteExperimentTag: post<OfExperiment & { key: string }, Nothing>('experiments/delete-experiment-tag', true),

  createRun: post<
    OfExperiment & { user_id?: string; run_name?: string; start_time: number; tags: Entry[] },
    { run?: RunReply }
  >('runs/create', false),
  getRun: get<OfRun, { run?: RunReply }>('runs/get'),
  searchRuns: post<
    Search & { experiment_ids: readonly string[]; run_view_type?: string },
    NextPage & { runs?: RunReply[] }
  >('runs/search', true),
  updateRun: post<OfRun & { status?: string; end_time?: number; run_name?: string }, Nothing>('runs/update', true),
  deleteRun: post<OfRun, Nothing>('runs/delete', true),
  restoreRun: post<OfRun, Nothing>('runs/restore', true),
  logBatch: post<OfRun & { metrics: readonly Metric[]; params: readonly Entry[]; tags: readonly Entry[] }, Nothing>(
    'runs/log-batch',
    true,
  ),
  deleteTag: post<OfRun & { key: string }, Nothing>('runs/delete-tag', true),
  logInputs: post<OfRun & { datasets: DatasetEntry[]; models?: { model_id: string }[] }, Nothing>(
    'runs/log-inputs',
    true,
  ),
  logOutputs: post<OfRun & { models: { model_id: string; step: number }[] }, Nothing>('runs/outputs', false),
  getMetricHistory: get<Page & OfRun & { metric_key: string }, NextPage & { metrics?: MetricReply[] }>(
    'metrics/get-history',
  ),
  listArtifacts: get<
    OfRun & { path?: string; page_token?: string },
    NextPage & { root_uri?: string; files?: FileReply[] }
  >('artifacts/list'),

  createLoggedModel: post<
    OfExperiment & { name?: string; model_type?: string; source_run_id?: string; params?: Entry[]; tags?: Entry[] },
    { model?: LoggedModelReply }
  >('logged-models', false),
  getLoggedModel: get<{ id: string }, { model?: LoggedModelReply }>('logged-models/{id}'),
  finalizeLoggedModel: patch<{ id: string; model_id: string; status: string }, { model?: LoggedModelReply }>(
    'logged-models/{id}',
  ),
  searchLoggedModels: post<
    Page & {
      experiment_ids: readonly string[]
      filter?: string
      datasets?: readonly { dataset_name: string; dataset_digest?: string }[]
      order_by?: readonly { field_name: string; ascending: boolean }[]
    },
    NextPage & { models?: LoggedModelReply[] }
  >('logged-models/search', true),
  listLoggedModelArtifacts: get<
    { id: string; artifact_directory_path?: string },
    NextPage & { root_uri?: string; files?: FileReply[] }
  >('logged-models/{id}/artifacts/directories'),
  deleteLoggedModel: remove<{ id: string }, Nothing>('logged-models/{id}'),
  logLoggedModelParams: post<{ id: string; model_id: string; params: readonly Entry[] }, Nothing>(
    'logged-models/{id}/params',
    false,
  ),
  setLoggedModelTags: patch<{ id: string; model_id: string; tags: readonly Entry[] }, Nothing>(
    'logged-models/{id}/tags',
  ),
  deleteLoggedModelTag: remove<{ id: string; key: string }, Nothing>('logged-models/{id}/tags/{key}'),

  createRegisteredModel: post<
    Named & { description?: string; tags?: Entry[] },
    { registered_model?: RegisteredModelReply }
  >('registered-models/create', true),
  getRegisteredModel: get<Named, { registered_model?: RegisteredModelReply }>('registered-models/get'),
  searchRegisteredModels: get<Search, NextPage & { registered_models?: RegisteredModelReply[] }>(
    'registered-models/search',
  ),
  getLatestVersions: post<Named & { stages?: readonly string[] }, { model_versions?: VersionReply[] }>(
    'registered-models/get-latest-versions',
    true,
  ),
  renameRegisteredModel: post<Named & { new_name: string }, { registered_model?: RegisteredModelReply }>(
    'registered-models/rename',
    false,
  ),
  updateRegisteredModel: patch<Named & { description: string }, { registered_model?: RegisteredModelReply }>(
    'registered-models/update',
  ),
  deleteRegisteredModel: remove<Named, Nothing>('registered-models/delete'),
  setRegisteredModelTag: post<Named & Entry, Nothing>('registered-models/set-tag', true),
  deleteRegisteredModelTag: remove<Named & { key: string }, Nothing>('registered-models/delete-tag'),
  setAlias: post<Version & { alias: string }, Nothing>('registered-models/alias', true),
  getByAlias: get<Named & { alias: string }, { model_version?: VersionReply }>('registered-models/alias'),
  deleteAlias: remove<Named & { alias: string }, Nothing>('registered-models/alias'),

  createVersion: post<
    Named & { source: string; run_id?: string; model_id?: string; tags?: Entry[]; description?: string },
    { model_version?: VersionReply }
  >('model-versions/create', false),
  getVersion: get<Version, { model_version?: VersionReply }>('model-versions/get'),
  searchVersions: get<Search, NextPage & { model_versions?: VersionReply[] }>('model-versions/search'),
  updateVersion: patch<Version & { description: string }, { model_version?: VersionReply }>('model-versions/update'),
  deleteVersion: remove<Version, Nothing>('model-versions/delete'),
  getDownloadUri: get<Version, { artifact_uri?: string }>('model-versions/get-download-uri'),
  transitionStage: post<
    Version & { stage: string; archive_existing_versions: boolean },
    { model_version?: VersionReply }
  >('model-versions/transition-stage', true),
  setVersionTag: post<Version & Entry, Nothing>('model-versions/set-tag', true),
  deleteVersionTag: remove<Version & { key: string }, Nothing>('model-versions/delete-tag'),
}

function get<Request, Reply>(path: string): Endpoint<Request, Reply> {
  return { method: 'GET', path, repeatable: true }
}

function post<Request, Reply>(path: string, repeatable: boolean): Endpoint<Request, Reply> {
  return { method: 'POST', path, repeatable }
}

function patch<Request, Reply>(path: string): Endpoint<Request, Reply> {
  return { method: 'PATCH', path, repeatable: true }
}

function remove<Request, Reply>(path: string): Endpoint<Request, Reply> {
  return { method: 'DELETE', path, repeatable: true }
}
