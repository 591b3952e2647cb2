/** Why a chart could not be drawn. */
export type ChartsErrorCode =
  /** Labels and numbers that belong together differ in length. */
  | 'CHARTS_ERR_SHAPE'
  /** A count that is negative or not finite. */
  | 'CHARTS_ERR_VALUE'

/** The one error this package throws. `message` is a sentence that names what, where and what was expected. */
export class ChartsError extends Error {
  override readonly name = 'ChartsError'
  readonly code: ChartsErrorCode

  constructor(code: ChartsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
