/** Every code of this package; a retired code is never used again. */
export type TrackingErrorCode =
  | 'TRACKING_ERR_UNREACHABLE'
  | 'TRACKING_ERR_HTTP'
  | 'TRACKING_ERR_VALUE'
  | 'TRACKING_ERR_JOURNAL'
  | 'TRACKING_ERR_NOT_FOUND'
  | 'TRACKING_ERR_CHECKSUM'
  | 'TRACKING_ERR_PATH'
  | 'TRACKING_ERR_HOME'
  | 'TRACKING_ERR_REFERENCE'
  | 'TRACKING_ERR_OPTION'
  | 'TRACKING_ERR_EXPERIMENT_DELETED'
  | 'TRACKING_ERR_ARTIFACT_STORE'
  | 'TRACKING_ERR_TOO_LARGE'
  | 'TRACKING_ERR_FILE'
  | 'TRACKING_ERR_LOCKED'
  | 'TRACKING_ERR_RUN_ENDED'

export interface TrackingErrorDetails {
  /** HTTP status of the server's answer. */
  status?: number | undefined
  /** MLflow's own error code, such as RESOURCE_DOES_NOT_EXIST. */
  errorCode?: string | undefined
  cause?: unknown
}

/** What every function of this package throws; `message` is one sentence. */
export class TrackingError extends Error {
  readonly code: TrackingErrorCode
  readonly status: number | undefined
  readonly errorCode: string | undefined

  constructor(code: TrackingErrorCode, message: string, details: TrackingErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'TrackingError'
    this.code = code
    this.status = details.status
    this.errorCode = details.errorCode
  }
}
