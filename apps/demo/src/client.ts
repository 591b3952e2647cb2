import { DemoError } from './errors.ts'

/** What the service said. */
export interface Answer {
  readonly status: number
  /** undefined when the body is not JSON, or not said to be. */
  readonly json: unknown
}

const TIMEOUT_MS = 10_000

/** Talks to one service over HTTP. */
export class Client {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>

  constructor(url: URL, apiKey?: string | undefined) {
    this.url = url
    this.headers = { accept: 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) }
  }

  /** @throws DemoError DEMO_ERR_UNREACHABLE */
  get(path: string): Promise<Answer> {
    return this.#send(path, { headers: this.headers })
  }

  /** @throws DemoError DEMO_ERR_UNREACHABLE */
  post(path: string, body: unknown): Promise<Answer> {
    const headers = { ...this.headers, 'content-type': 'application/json' }
    return this.#send(path, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  async #send(path: string, init: RequestInit): Promise<Answer> {
    try {
      const response = await fetch(new URL(path, this.url), { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
      const text = await response.text()
      const isJson = /^application\/json\b/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, json: isJson ? parse(text) : undefined }
    } catch (cause) {
      throw unreachable(this.url, cause)
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreachable(url: URL, cause: unknown): DemoError {
  const late = cause instanceof DOMException && cause.name === 'TimeoutError'
  const what = late
    ? `${url.origin} did not answer within ${TIMEOUT_MS / 1000} s`
    : `Nothing answers at ${url.origin}${reason(cause)}`
  return new DemoError(
    'DEMO_ERR_UNREACHABLE',
    `${what}; start the service with "pnpm start", or say with --url where it is.`,
    { cause },
  )
}

/** The system's own word for it, such as ECONNREFUSED; fetch keeps it in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (!(cause instanceof Error)) return ''
  return ` (${(cause as NodeJS.ErrnoException).code ?? cause.message})`
}
