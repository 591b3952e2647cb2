import type { StoredFile } from './disk.ts'
import type { Entry, Metric } from './guards.ts'
import type { RunStatus } from './types.ts'

/** First operation of a run. `tags` are all but mlflow.parentRunId, whose value the server decides. */
export interface StartOperation {
  op: 'start'
  uuid: string
  /** The server's address, or null for the local store. */
  location: string | null
  experiment: string
  name: string
  user: string | null
  /** uuid of the parent run, and its id on the server where it has one. */
  parent: { uuid: string; id: string } | null
  tags: Entry[]
  /** Milliseconds since 1970. */
  time: number
}

export interface BatchOperation {
  op: 'batch'
  metrics: Metric[]
  params: Entry[]
  tags: Entry[]
}

/** `source`, `schema` and `profile` are JSON texts, as MLflow keeps them. */
export interface DatasetOperation {
  op: 'dataset'
  name: string
  digest: string
  sourceType: string
  source: string
  schema: string | null
  profile: string | null
  context: string | null
}

/** The file is at `artifacts/<path>` of the run's directory; logged again, it replaces the one before. */
export interface ArtifactOperation extends StoredFile {
  op: 'artifact'
  path: string
}

/** The files are in `models/<model>` of the run's directory, and are never changed. */
export interface ModelOperation {
  op: 'model'
  model: string
  name: string
  files: ({ path: string } & StoredFile)[]
  register: Registration | null
  time: number
}

/** `aliasFrom` is the version that the alias pointed at when this was queued, null for none, absent where nobody knew. */
export interface Registration {
  name: string
  alias: string | null
  aliasFrom?: string | null
  tags: Entry[]
  description: string | null
}

export interface EndOperation {
  op: 'end'
  status: RunStatus
  time: number
}

export type Operation =
  | StartOperation
  | BatchOperation
  | DatasetOperation
  | ArtifactOperation
  | ModelOperation
  | EndOperation

/**
 * Record of the journal `sent`: the operation `record` of the run's journal has arrived, with the ids the server gave, or the
 * server refused it for good.
 */
export interface Sent {
  record: number
  run?: { id: string; experimentId: string; artifactUri: string }
  /** `aliasAt` is set when the alias was left where it had been moved to meanwhile. */
  model?: { id: string; version?: string; aliasAt?: string }
  refused?: { status: number | undefined; errorCode: string | undefined }
}

/** What a server answered to one operation. */
export type Answer = Omit<Sent, 'record'>

/** Takes a run's operations to a server. */
export interface Sender {
  /**
   * `run` is what the start was answered with; only the start itself goes without. With `again` the operation may have been
   * sent before, so what must not be made twice is looked for first.
   */
  apply(operation: Operation, directory: string, run: Sent['run'], again: boolean): Promise<Answer>
  /** Whether the server was away a moment ago, so that trying is no use. */
  readonly isResting: boolean
  /** Whether the server answers now. */
  isUp(): Promise<boolean>
  runUrl(run: NonNullable<Sent['run']>): string
}
