import type { Entry, Metric } from './guards.ts'

/** One call of MLflow's REST API, relative to `/api/2.0/mlflow/`. `{id}` in a path is filled from the request. */
export interface Endpoint<Request, Reply> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  /** Whether sending it twice leaves the server as sending it once does. */
  repeatable: boolean
  /** Types only. */
  request?: Request
  reply?: Reply
}

/** Fields of a reply are what a right server sends; each is checked where it is used. */
export interface VersionReply {
  name?: string
  version?: string
  aliases?: string[]
  run_id?: string
  source?: string
  tags?: Entry[]
  creation_timestamp?: number
  description?: string
}

interface ExperimentReply {
  experiment_id?: string
  lifecycle_stage?: string
}

interface RunReply {
  info?: { run_id?: string; experiment_id?: string; artifact_uri?: string }
}

interface DatasetEntry {
  tags: Entry[]
  dataset: { name: string; digest: string; source_type: string; source: string; schema?: string; profile?: string }
}

export const endpoints = {
  createExperiment: post<{ name: string }, ExperimentReply>('experiments/create', true),
  getExperimentByName: get<{ experiment_name: string }, { experiment?: ExperimentReply }>('experiments/get-by-name'),
  createRun: post<
    { experiment_id: string; user_id?: string; run_name: string; start_time: number; tags: Entry[] },
    { run?: RunReply }
  >('runs/create', false),
  getRun: get<{ run_id: string }, { run?: RunReply }>('runs/get'),
  updateRun: post<{ run_id: string; status: string; end_time: number }, object>('runs/update', true),
  logBatch: post<{ run_id: string; metrics: Metric[]; params: Entry[]; tags: Entry[] }, object>('runs/log-batch', true),
  logInputs: post<{ run_id: string; datasets: DatasetEntry[] }, object>('runs/log-inputs', true),
  logOutputs: post<{ run_id: string; models: { model_id: string; step: number }[] }, object>('runs/outputs', false),
  createLoggedModel: post<
    { experiment_id: string; name: string; source_run_id: string; tags: Entry[] },
    { model?: { info?: { model_id?: string; artifact_uri?: string } } }
  >('logged-models', false),
  finalizeLoggedModel: patch<{ id: string; model_id: string; status: string }, object>('logged-models/{id}'),
  createRegisteredModel: post<{ name: string }, object>('registered-models/create', true),
  getRegisteredModel: get<
    { name: string },
    { registered_model?: { aliases?: { alias?: string; version?: string }[] } }
  >('registered-models/get'),
  setAlias: post<{ name: string; alias: string; version: string }, object>('registered-models/alias', true),
  getByAlias: get<{ name: string; alias: string }, { model_version?: VersionReply }>('registered-models/alias'),
  deleteAlias: remove<{ name: string; alias: string }, object>('registered-models/alias'),
  createVersion: post<
    { name: string; source: string; run_id: string; model_id: string; tags: Entry[]; description?: string },
    { model_version?: VersionReply }
  >('model-versions/create', false),
  getVersion: get<{ name: string; version: string }, { model_version?: VersionReply }>('model-versions/get'),
  searchVersions: get<
    { filter: string; max_results: number; page_token?: string },
    { model_versions?: VersionReply[]; next_page_token?: string }
  >('model-versions/search'),
  getDownloadUri: get<{ name: string; version: string }, { artifact_uri?: string }>('model-versions/get-download-uri'),
  setVersionTag: post<{ name: string; version: string; key: string; value: string }, object>(
    'model-versions/set-tag',
    true,
  ),
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
