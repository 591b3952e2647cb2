/** Why a reference could not be built or read. */
export type MonitoringErrorCode =
  /** The columns do not fit the signature, or there are no rows. */
  | 'MONITORING_ERR_TABLE'
  /** A value that no table or forest holds: an infinity, a level outside the levels, a probability outside [0, 1]. */
  | 'MONITORING_ERR_VALUE'
  /** The model's answers do not fit the target or each other. */
  | 'MONITORING_ERR_PREDICTIONS'
  /** The JSON is not a reference. */
  | 'MONITORING_ERR_FORMAT'
  /** The reference was written by a newer version. */
  | 'MONITORING_ERR_VERSION'
  /** A part of the reference is missing, unknown, of the wrong type or contradicts another part. */
  | 'MONITORING_ERR_STRUCTURE'
  /** The reference is well formed and its content has been changed. */
  | 'MONITORING_ERR_CHECKSUM'

/** The one error this package throws. `message` is a sentence that names what, where and what was expected. */
export class MonitoringError extends Error {
  override readonly name = 'MonitoringError'
  readonly code: MonitoringErrorCode

  constructor(code: MonitoringErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
