/** What went wrong, for programs. The message says it to people. */
export type ModelErrorCode =
  | 'MODEL_ERR_ABORTED'
  | 'MODEL_ERR_FILE_CHECKSUM'
  | 'MODEL_ERR_FILE_MAGIC'
  | 'MODEL_ERR_FILE_STRUCTURE'
  | 'MODEL_ERR_FILE_TRUNCATED'
  | 'MODEL_ERR_FILE_VERSION'
  | 'MODEL_ERR_IMPORT'
  | 'MODEL_ERR_MEMORY'
  | 'MODEL_ERR_METRIC'
  | 'MODEL_ERR_ONNX'
  | 'MODEL_ERR_PARAMETER'
  | 'MODEL_ERR_PLATFORM'
  | 'MODEL_ERR_ROW'
  | 'MODEL_ERR_TABLE'
  | 'MODEL_ERR_WORKER'

/** Every error this package throws on purpose. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly code: ModelErrorCode

  constructor(code: ModelErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
