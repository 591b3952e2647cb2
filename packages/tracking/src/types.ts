export type RunStatus = 'FINISHED' | 'FAILED' | 'KILLED'

/** How a server is spoken to. */
export interface ServerOptions {
  /** HTTP Basic (name and password) or Bearer (token). */
  auth?: { username: string; password: string } | { token: string } | undefined
  /** For `https:`: what to trust, what to show. PEM texts. Default: what Node trusts. */
  tls?: TlsOptions | undefined
  /** Workspace of a server that has them; the header X-MLFLOW-WORKSPACE. */
  workspace?: string | undefined
  /** Milliseconds for one request, headers and body; default 30,000. */
  timeoutMs?: number | undefined
  /** Tries after the first, for what may be repeated; default 2. */
  retries?: number | undefined
  /** Milliseconds that a server which did not answer is left alone before it is tried again; default 5,000. */
  cooldownMs?: number | undefined
}

export interface TlsOptions {
  /** Certificates of the authorities to trust, instead of those Node trusts. */
  ca?: string | undefined
  /** The client's own certificate and key, one text may hold both. */
  cert?: string | undefined
  key?: string | undefined
  /** Trust any server: for tests only. Default false. */
  insecure?: boolean | undefined
}

export interface TrackingOptions extends ServerOptions {
  /** `http://host:5000` of an MLflow server; absent = the local store. A path in it is kept. */
  uri?: string | undefined
  /** Folder of the local store; with a server, of the journal that is written before anything is sent. Default `.copse`. */
  home?: string | undefined
  /** Tag mlflow.user; default the name of the operating system's user. */
  user?: string | undefined
  /** Tags mlflow.source.name and mlflow.source.git.commit. */
  source?: { name?: string | undefined; gitCommit?: string | undefined } | undefined
  /** Bytes that one download may hold in all its files; default 2 GiB. */
  maxDownloadBytes?: number | undefined
  /** Never write: `home` need not exist, `startRun` and changes of a local registry are refused. Default false. */
  readOnly?: boolean | undefined
  /** Told in one sentence what was dropped from a damaged journal, taken over from a dead process, or not sent for now. */
  onWarning?: ((warning: string) => void) | undefined
}

export interface Tracking extends AsyncDisposable {
  /** The server's address without credentials, or the absolute path of the local store. */
  readonly location: string
  readonly remote: boolean
  /** Absolute path of the folder that holds journals and artifacts. */
  readonly home: string
  readonly registry: Registry
  startRun(options: StartRunOptions): Promise<Run>
  /** Starts a run, hands it to `use`, ends it FINISHED, or FAILED when `use` throws (and throws the same again). */
  withRun<T>(options: StartRunOptions, use: (run: Run) => Promise<T>): Promise<T>
  /** Ends every run that is still open FAILED. */
  close(): Promise<void>
}

export interface StartRunOptions {
  /** Made when it does not exist. */
  experiment: string
  runName?: string | undefined
  tags?: Readonly<Record<string, string>> | undefined
  /** Shown as the parent in MLflow's list of runs. */
  parent?: Run | undefined
  /** Log CPU, memory, disk and network of the machine each `intervalMs` (true = 10,000) until the run ends. Default false. */
  systemMetrics?: boolean | { intervalMs: number } | undefined
}

export type ParamValue = string | number | boolean | null

export interface MetricPoint {
  key: string
  value: number
  /** Integer, may be negative; default 0. */
  step?: number | undefined
  /** Integer milliseconds since 1970; default now. */
  timestamp?: number | undefined
}

export interface DatasetInput {
  name: string
  /** At most 36 characters; the first 32 of a sha256 do. */
  digest: string
  /** `{ type: 'local', uri: 'iris.csv' }`, `{ type: 'http', uri: 'https://…' }`. */
  source: { type: string; uri: string }
  /** JSON in MLflow's form: `{ mlflow_colspec: [{ type, name, required }] }`. */
  schema?: unknown
  /** JSON: `{ num_rows, num_elements }`. */
  profile?: unknown
  /** Role of the data in the run: `train`, `eval`, … */
  context?: string | undefined
}

export interface LogModelOptions {
  /** Name of the logged model; none of `/ : . % " '`. */
  name: string
  /** Also make a version of this registered model (made when it does not exist). */
  registeredModelName?: string | undefined
  /** Point this alias at the new version. */
  alias?: string | undefined
  /**
   * Version that the alias is believed to point at (null = none); default: asked of the registry. A move that could not be
   * made at once is made later only if the alias points there still.
   */
  aliasFrom?: string | null | undefined
  /** Tags of the version; `copse.bundle_sha256` is added when the folder holds SHA256SUMS. */
  tags?: Readonly<Record<string, string>> | undefined
  /** Description of the version. */
  description?: string | undefined
}

export interface LoggedModel {
  /** The server's id; one made here in the local store, and until the model has arrived on the server. */
  modelId: string
  /** Absent when no registration was asked for, and while the server is away: a version has no number before it is there. */
  version?: ModelVersion
}

/** Rows as objects by column, or columns with rows of as many cells. */
export type Table =
  | readonly Readonly<Record<string, unknown>>[]
  | { columns: readonly string[]; data: readonly (readonly unknown[])[] }

/**
 * One run. Each call is checked, written to the journal, and with a server sent; it returns when that is done, and then
 * survives the death of the process. Calls may overlap: they take effect in the order they were made. When the server is
 * away the calls return once they are in the journal; what is pending is sent when the server is back, at the latest by
 * `sync`.
 *
 * `await using` does not tell a run whether its block threw, so disposing a run that `end` was not called on ends it
 * FAILED: call `end()` as the last line of the block, or use `tracking.withRun`.
 */
export interface Run extends AsyncDisposable {
  /** The server's run id; the uuid in the local store, and until the run has arrived on the server. */
  readonly id: string
  /** Made here, kept in the tag copse.run_uuid. */
  readonly uuid: string
  readonly experiment: string
  readonly name: string
  /** Page of the run in MLflow's web interface; undefined in the local store. */
  readonly url: string | undefined
  /** Absolute path of the run's folder: journal, artifacts, models. */
  readonly directory: string
  /** Operations that are in the journal and not on the server; 0 in the local store. */
  readonly pending: number
  /** A param keeps its first value: another value for the same name is refused. */
  logParams(params: Readonly<Record<string, ParamValue>>): Promise<void>
  logMetrics(
    metrics: Readonly<Record<string, number>>,
    at?: { step?: number | undefined; timestamp?: number | undefined },
  ): Promise<void>
  logTags(tags: Readonly<Record<string, string>>): Promise<void>
  /** Many values in one operation, such as a metric's whole history; split into requests as the server's limits ask. */
  logBatch(batch: {
    metrics?: readonly MetricPoint[] | undefined
    params?: Readonly<Record<string, ParamValue>> | undefined
    tags?: Readonly<Record<string, string>> | undefined
  }): Promise<void>
  logDataset(dataset: DatasetInput): Promise<void>
  /** Copies a file to `path` (default its own name) among the run's artifacts: ASCII segments joined by `/`. */
  logArtifact(file: string, path?: string): Promise<void>
  /** Copies all files under a directory to below `path` (default the root). */
  logArtifacts(directory: string, path?: string): Promise<void>
  logText(text: string, artifactPath: string): Promise<void>
  /** Stores a JSON document; the path ends in `.json`. */
  logDict(dictionary: object, artifactPath: string): Promise<void>
  /** Stores a table that MLflow's page shows beside those of other runs; the path ends in `.json`. */
  logTable(table: Table, artifactPath: string): Promise<void>
  /** Stores a picture: SVG text or PNG bytes, as the path's end says. */
  logFigure(figure: string | Uint8Array, artifactPath: string): Promise<void>
  /** Stores a bundle directory as a model of the run, and registers it when asked to. */
  logModel(bundleDirectory: string, options: LogModelOptions): Promise<LoggedModel>
  /** Makes all of the run so far survive a power cut. */
  flush(): Promise<void>
  /** Default FINISHED. Nothing may be logged after it; a second call does nothing. */
  end(status?: RunStatus): Promise<void>
}

export interface ModelVersion {
  name: string
  /** A whole number as text: '1', '2', … */
  version: string
  aliases: string[]
  runId?: string
  modelId?: string
  /** Where the files are: a directory of the local store, or the server's own address for them. */
  source: string
  tags: Record<string, string>
  /** Milliseconds since 1970. */
  createdAt: number
  description?: string
}

/** Names, versions and aliases of models. Unknown is `undefined` or empty; a server that does not answer throws TRACKING_ERR_UNREACHABLE. */
export interface Registry {
  get(name: string, which: { alias: string } | { version: string }): Promise<ModelVersion | undefined>
  /** Oldest first; empty when the model is unknown. */
  versions(name: string): Promise<ModelVersion[]>
  /** Throws TRACKING_ERR_NOT_FOUND when there is no such version. */
  setAlias(name: string, alias: string, version: string): Promise<void>
  /** Does nothing when there is no such alias. */
  deleteAlias(name: string, alias: string): Promise<void>
  setTag(name: string, version: string, key: string, value: string): Promise<void>
  /**
   * Downloads a version's files into `directory`, which must not exist yet: it appears whole and checked, or not at all.
   * SHA256SUMS must match the tag copse.bundle_sha256 (when there is one) and every file it lists must match it.
   */
  download(version: ModelVersion, directory: string): Promise<void>
}
