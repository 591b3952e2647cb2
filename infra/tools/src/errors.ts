export type ToolsErrorCode = 'TOOLS_ERR_ABSENT' | 'TOOLS_ERR_BUILD'

/** What could not be had: `TOOLS_ERR_ABSENT` when Go or Python is missing, `TOOLS_ERR_BUILD` when an installation failed. */
export class ToolsError extends Error {
  readonly code: ToolsErrorCode

  constructor(code: ToolsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
