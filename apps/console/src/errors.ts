/** The service answered, and did not do what was asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** The service's own code, such as API_ERR_VALUE. */
  readonly code: string
  /** JSON pointer to the part of the request that is at fault. */
  readonly path: string | undefined

  constructor(status: number, code: string, message: string, path?: string) {
    super(message)
    this.status = status
    this.code = code
    this.path = path
  }
}

/** Nothing answered, or not in time, or something else than the service. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** What an error says to people. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
