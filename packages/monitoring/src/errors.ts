/** Why a reference or a state could not be built or read. */
export type MonitoringErrorCode =
  /** The columns do not fit the signature, or there are no rows. */
  | 'MONITORING_ERR_TABLE'
  /** A value that no table or forest holds: an infinity, a level outside the levels, a probability outside [0, 1]. */
  | 'MONITORING_ERR_VALUE'
  /** The model's answers do not fit the target or each other. */
  | 'MONITORING_ERR_PREDICTIONS'
  /** The JSON is not what was asked for. */
  | 'MONITORING_ERR_FORMAT'
  /** It was written by a newer version. */
  | 'MONITORING_ERR_VERSION'
  /** A part of it is missing, unknown, of the wrong type or contradicts another part. */
  | 'MONITORING_ERR_STRUCTURE'
  /** It is well formed and its content has been changed. */
  | 'MONITORING_ERR_CHECKSUM'
  /** A state belongs to another model, reference or setting. */
  | 'MONITORING_ERR_MISMATCH'
  /** An option is not what it must be. */
  | 'MONITORING_ERR_OPTION'

/** The one error this package throws. `message` is a sentence that names what, where and what was expected. */
export class MonitoringError extends Error {
  override readonly name = 'MonitoringError'
  readonly code: MonitoringErrorCode

  constructor(code: MonitoringErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
