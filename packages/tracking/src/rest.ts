import { Readable } from 'node:stream'
import { readFailure, readReply, type Target } from './answer.ts'
import { codeOf, openFile } from './disk.ts'
import type { Endpoint } from './endpoints.ts'
import { TrackingError } from './errors.ts'

export interface RestOptions {
  auth?: { username: string; password: string } | { token: string } | undefined
  timeoutMs: number
  retries: number
}

/** Milliseconds before the first retry; each further one waits twice as long, all of them times 0.5 to 1.5. */
const FIRST_DELAY = 150
/** The longest that a server's Retry-After is waited for, in milliseconds. */
const MAX_RETRY_AFTER = 10_000
/** Statuses that pass by themselves. */
const PASSING = [429, 502, 503, 504]
/** System errors that come before any byte of a request was sent. */
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']

interface Request extends Target {
  repeatable: boolean
  json?: string
  /** Path of a file to send. */
  file?: string
}

/** Speaks HTTP with one server: credentials, time limits, retries, and the four kinds of answers. */
export class Rest {
  /** The server's address without credentials and without a slash at its end. */
  readonly location: string
  readonly #headers: Record<string, string>
  readonly #timeoutMs: number
  readonly #retries: number

  /** Throws TRACKING_ERR_OPTION when `uri` is not one of a server. */
  constructor(uri: string, { auth, timeoutMs, retries }: RestOptions) {
    const { location, credentials } = readAddress(uri)
    this.location = location
    this.#timeoutMs = timeoutMs
    this.#retries = retries
    const authorization = authorize(auth ?? credentials)
    this.#headers = { 'user-agent': 'copse-tracking', ...(authorization && { authorization }) }
  }

  /** Calls one endpoint of MLflow's API. */
  async call<Q extends object, R extends object>(endpoint: Endpoint<Q, R>, request: Q): Promise<R> {
    const fields = Object.entries(request).filter(([, value]) => value !== undefined)
    const path = endpoint.path.replace('{id}', encodeURIComponent((request as { id?: string }).id ?? ''))
    const rest = fields.filter(([name]) => name !== 'id')
    const target = { method: endpoint.method, url: `${this.location}/api/2.0/mlflow/${path}` }
    if (endpoint.method === 'GET') {
      const query = new URLSearchParams(rest.map(([name, value]) => [name, String(value)]))
      const answer = { ...target, url: `${target.url}?${query}`, repeatable: true }
      return this.#exchange(answer, (response) => readReply(response, target)) as Promise<R>
    }
    const json = JSON.stringify(Object.fromEntries(rest))
    const post = { ...target, json, repeatable: endpoint.repeatable }
    return this.#exchange(post, (response) => readReply(response, target)) as Promise<R>
  }

  /** Gets the JSON object at a path below the server's address. */
  async getJson(path: string): Promise<object> {
    const target = { method: 'GET', url: `${this.location}${path}` }
    return this.#exchange({ ...target, repeatable: true }, (response) => readReply(response, target))
  }

  /** Sends a file, over what was there. */
  async putFile(path: string, file: string): Promise<void> {
    await this.#exchange(
      { method: 'PUT', url: `${this.location}${path}`, repeatable: true, file },
      async (response) => {
        await response.arrayBuffer()
      },
    )
  }

  /** Gets bytes; `read` takes them, calls `touch` as they come, and may be called again when the connection breaks. */
  async getBytes(path: string, read: (response: Response, touch: () => void) => Promise<void>): Promise<void> {
    await this.#exchange({ method: 'GET', url: `${this.location}${path}`, repeatable: true }, read)
  }

  async #exchange<T>(request: Request, read: (response: Response, touch: () => void) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const result = await this.#try(request, read)
      if ('value' in result) return result.value
      const again = request.repeatable ? result.passing : result.unsent
      if (!again || attempt >= this.#retries) throw result.error
      await new Promise((resolve) => setTimeout(resolve, result.retryAfter ?? delay(attempt)))
    }
  }

  async #try<T>(request: Request, read: (response: Response, touch: () => void) => Promise<T>): Promise<Outcome<T>> {
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(new TimeLimit()), this.#timeoutMs)
    const touch = () => void timer.refresh()
    let stream: Readable | undefined
    try {
      const sending = await sendable(request, touch)
      stream = sending.stream
      const { headers, body } = sending
      const response = await fetch(request.url, {
        method: request.method,
        headers: { ...this.#headers, ...headers },
        // A redirect would take credentials and files to an address that nobody named.
        redirect: 'error',
        signal: limit.signal,
        ...(body !== undefined && { body, duplex: 'half' }),
      } as RequestInit)
      if (response.ok) return { value: await read(response, touch) }
      const error = await readFailure(response, { method: request.method, url: withoutQuery(request.url) })
      const passing = PASSING.includes(response.status) && !isDisabled(error)
      return { error, passing, unsent: response.status === 429, retryAfter: retryAfter(response) }
    } catch (error) {
      if (error instanceof TrackingError) return { error, passing: false, unsent: false }
      return this.#broken(request, error)
    } finally {
      clearTimeout(timer)
      // A fetch that fails early leaves its body as it is, and the file with it.
      stream?.destroy()
    }
  }

  #broken(request: Request, error: unknown): Outcome<never> {
    const cause = (error as { cause?: unknown }).cause ?? error
    const code = codeOf(cause)
    const message = cause instanceof Error ? cause.message : String(cause)
    const reason = error instanceof TimeLimit ? `no answer in ${this.#timeoutMs} ms` : (code ?? message)
    const redirect = /redirect/i.test(message)
    const kind = redirect ? 'TRACKING_ERR_HTTP' : 'TRACKING_ERR_UNREACHABLE'
    const what = redirect
      ? `${this.location} answers ${request.method} ${withoutQuery(request.url)} with a redirect, which is not followed`
      : `The tracking server ${this.location} cannot be reached (${reason})`
    const failed = new TrackingError(kind, what, { cause: error })
    return { error: failed, passing: !redirect, unsent: NOT_SENT.includes(code ?? '') }
  }
}

type Outcome<T> =
  | { value: T }
  | {
      error: TrackingError
      /** May be sent again if it is repeatable. */
      passing: boolean
      /** May be sent again in any case: the server has done nothing. */
      unsent: boolean
      retryAfter?: number | undefined
    }

class TimeLimit extends Error {}

function readAddress(uri: string) {
  const wrong = (cause?: unknown) =>
    new TrackingError(
      'TRACKING_ERR_OPTION',
      `A tracking address is http://HOST:PORT or https://HOST, not ${JSON.stringify(uri.replace(/\/\/.*@/, '//…@'))}`,
      {
        cause,
      },
    )
  if (!URL.canParse(uri)) throw wrong()
  const url = new URL(uri)
  if (!['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') throw wrong()
  const location = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  if (url.username === '' && url.password === '') return { location, credentials: undefined }
  try {
    const credentials = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
    return { location, credentials }
  } catch (cause) {
    throw wrong(cause)
  }
}

function authorize(auth: RestOptions['auth']) {
  if (!auth) return undefined
  if ('token' in auth) {
    if (/^[\x21-\x7e]+$/.test(auth.token)) return `Bearer ${auth.token}`
    throw new TrackingError(
      'TRACKING_ERR_OPTION',
      'The tracking token must be printable ASCII with no blank or line end',
    )
  }
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
}

/** Headers and body for one try; a file is opened anew each time and its length is told, since older servers store nothing of a chunked body. */
async function sendable(
  { json, file }: Request,
  touch: () => void,
): Promise<{ headers?: Record<string, string>; body?: unknown; stream?: Readable }> {
  if (json !== undefined) return { headers: { 'content-type': 'application/json' }, body: json }
  if (file === undefined) return {}
  const handle = await openFile(file)
  const { size } = await handle.stat()
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) }
  const stream = handle.createReadStream()
  if (size === 0) return { headers, body: new Uint8Array(), stream }
  stream.on('data', touch).pause()
  return { headers, body: Readable.toWeb(stream), stream }
}

function delay(attempt: number) {
  return FIRST_DELAY * 2 ** attempt * (0.5 + Math.random())
}

function retryAfter(response: Response) {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return seconds >= 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER) : undefined
}

function isDisabled(error: TrackingError) {
  return error.code === 'TRACKING_ERR_HTTP' && error.status === 503
}

function withoutQuery(url: string) {
  return url.split('?')[0]!
}
