/** Why the demo cannot go on. */
export type DemoErrorCode =
  /** A flag or a variable is not what it must be. */
  | 'DEMO_ERR_SETTING'
  /** Nobody answers, or not in time. */
  | 'DEMO_ERR_UNREACHABLE'

/** An error whose message is the sentence that the user sees. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
  readonly code: DemoErrorCode

  constructor(code: DemoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
