/** Closed list of what the trainer itself refuses; a package's own errors pass through with their codes. */
export type TrainerErrorCode =
  | 'TRAINER_ERR_SETTING'
  | 'TRAINER_ERR_TOO_FEW_ROWS'
  | 'TRAINER_ERR_SIGNATURE'
  | 'TRAINER_ERR_INCUMBENT'
  | 'TRAINER_ERR_BASELINE'
  | 'TRAINER_ERR_NO_CHAMPION'
  | 'TRAINER_ERR_WRITE'
  | 'TRAINER_ERR_LOG'
  | 'TRAINER_ERR_ABORTED'

export class TrainerError extends Error {
  override readonly name = 'TrainerError'
  readonly code: TrainerErrorCode

  constructor(code: TrainerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Whether the error is one that a person can act on: a coded error of Copse or of the operating system. */
export function isExpected(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return /^[A-Z]+_ERR_[A-Z_]+$/.test(error.code) || 'syscall' in error
}

/** One sentence for a person, without a stack when the error is expected. */
export function explain(error: unknown): string {
  if (isExpected(error)) return sentence(error.message)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function sentence(message: string): string {
  const line = message.replace(/\s*\n\s*/g, ' ')
  return /[.?!]$/.test(line) ? line : `${line}.`
}
