import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { isAway, readFailure, readReply, readText, type Target, unless } from './answer.ts'
import { Breaker } from './breaker.ts'
import { codeOf, openFile, readSmall } from './disk.ts'
import type { Endpoint } from './endpoints.ts'
import { TrackingError } from './errors.ts'
import { nodeFiles } from './files.ts'
import { checkNumber } from './guards.ts'
import { type OutgoingBody as Body, type Incoming, makeTransport, type Transport } from './transport.ts'
import type { ServerOptions } from './types.ts'

const DEFAULTS = { timeoutMs: 30_000, retries: 2, cooldownMs: 5000 } as const

/** Milliseconds before the first retry; each further one waits twice as long, all of them times 0.5 to 1.5. */
const FIRST_DELAY = 150
/** The longest that a server's Retry-After is waited for, in milliseconds. */
const MAX_RETRY_AFTER = 10_000
/** The longest that `isUp` waits, in milliseconds. */
const PROBE_TIME = 2000
/** More is no version. */
const MAX_VERSION_BYTES = 1000
/** Statuses that pass by themselves. */
const PASSING = [408, 429, 500, 502, 503, 504]
/** System errors that come before any byte of a request was sent. */
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

interface Request extends Target {
  repeatable: boolean
  json?: string
  bytes?: Uint8Array
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
  readonly #breaker: Breaker
  readonly #transport: Transport

  /** Throws TRACKING_ERR_OPTION when `uri` is not one of a server or a number cannot be meant. */
  constructor(uri: string, options: ServerOptions = {}) {
    const { location, credentials } = readAddress(uri)
    this.location = location
    const { timeoutMs, retries, cooldownMs } = checkServerOptions(options)
    this.#timeoutMs = timeoutMs
    this.#retries = retries
    this.#breaker = new Breaker(location, cooldownMs)
    const authorization = authorize(options.auth ?? credentials)
    this.#headers = {
      'user-agent': 'copse-tracking',
      ...(authorization && { authorization }),
      ...(options.workspace && { 'x-mlflow-workspace': options.workspace }),
    }
    this.#transport = makeTransport(options.tls)
  }

  /** Calls one endpoint of MLflow's API. */
  async call<Q extends object, R extends object>(endpoint: Endpoint<Q, R>, request: Q): Promise<R> {
    const inPath = new Set<string>()
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      inPath.add(name)
      return encodeURIComponent(String((request as Record<string, unknown>)[name]))
    })
    const fields = Object.entries(request).filter(([name, value]) => value !== undefined && !inPath.has(name))
    const target = { method: endpoint.method, url: `${this.location}/api/2.0/mlflow/${path}` }
    if (endpoint.method === 'GET') {
      const pairs = fields.flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      )
      const query = new URLSearchParams(pairs)
      const answer = { ...target, url: query.size > 0 ? `${target.url}?${query}` : target.url, repeatable: true }
      return this.#exchange(answer, (response) => readReply(response, target)) as Promise<R>
    }
    const json = JSON.stringify(Object.fromEntries(fields), (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    const post = { ...target, json, repeatable: endpoint.repeatable }
    return this.#exchange(post, (response) => readReply(response, target)) as Promise<R>
  }

  /** Gets the JSON object at a path below the server's address. */
  async getJson(path: string): Promise<object> {
    const target = { method: 'GET', url: `${this.location}${path}` }
    return this.#exchange({ ...target, repeatable: true }, (response) => readReply(response, target))
  }

  /** The server's version, such as `3.17.2`; empty where it does not tell. */
  async version(): Promise<string> {
    const target = { method: 'GET', url: `${this.location}/version` }
    const read = async (response: Incoming) => (await readText(response, MAX_VERSION_BYTES, target)).trim()
    const version = await this.#exchange({ ...target, repeatable: true }, read).catch(unless((error) => !isAway(error)))
    return version ?? ''
  }

  /** Sends a file, over what was there. */
  async putFile(path: string, file: string): Promise<void> {
    await this.#put(path, { file })
  }

  async putBytes(path: string, bytes: Uint8Array): Promise<void> {
    await this.#put(path, { bytes })
  }

  async #put(path: string, content: Pick<Request, 'file' | 'bytes'>) {
    const request = { method: 'PUT', url: `${this.location}${path}`, repeatable: true, ...content }
    await this.#exchange(request, async (response) => {
      await finished(response.body.resume())
    })
  }

  /** Gets bytes; `read` takes them, calls `touch` as they come, and may be called again when the connection breaks. */
  async getBytes(path: string, read: (response: Incoming, touch: () => void) => Promise<void>): Promise<void> {
    await this.#exchange({ method: 'GET', url: `${this.location}${path}`, repeatable: true }, read)
  }

  /** Whether the server was away a moment ago, so that calls fail at once. */
  get isResting(): boolean {
    return this.#breaker.isOpen
  }

  /** Whether the server answers now, asked at once and in at most two seconds; if so, it is spoken to again. */
  async isUp(): Promise<boolean> {
    const signal = AbortSignal.timeout(Math.min(this.#timeoutMs, PROBE_TIME))
    const request = { method: 'GET', headers: this.#headers, signal }
    const answer = await this.#transport(`${this.location}/health`, request).catch(() => undefined)
    answer?.body.destroy()
    const up = answer !== undefined && !PASSING.includes(answer.status)
    if (up) this.#breaker.close()
    return up
  }

  #exchange<T>(request: Request, read: (response: Incoming, touch: () => void) => Promise<T>): Promise<T> {
    return this.#breaker.execute(() => this.#repeat(request, read))
  }

  async #repeat<T>(request: Request, read: (response: Incoming, touch: () => void) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const result = await this.#try(request, read)
      if ('value' in result) return result.value
      const again = request.repeatable ? result.passing : result.unsent
      if (!again || attempt >= this.#retries) throw result.error
      await new Promise((resolve) => setTimeout(resolve, result.retryAfter ?? delay(attempt)))
    }
  }

  async #try<T>(request: Request, read: (response: Incoming, touch: () => void) => Promise<T>): Promise<Outcome<T>> {
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(new TimeLimit()), this.#timeoutMs)
    const touch = () => void timer.refresh()
    let body: Body | undefined
    try {
      const sending = sendable(request, touch)
      body = sending.body
      const response = await this.#transport(request.url, {
        method: request.method,
        headers: { ...this.#headers, ...sending.headers },
        signal: limit.signal,
        ...(body !== undefined && { body }),
      })
      if (response.status < 300) return { value: await read(response, touch) }
      const error = await readFailure(response, { method: request.method, url: withoutQuery(request.url) })
      const passing = PASSING.includes(response.status) && !isDisabled(error)
      return { error, passing, unsent: response.status === 429, retryAfter: retryAfter(response) }
    } catch (error) {
      if (error instanceof TrackingError) return { error, passing: false, unsent: false }
      return this.#broken(request, error)
    } finally {
      clearTimeout(timer)
      // A request that fails early leaves its body as it is, and the file with it.
      if (body instanceof Readable) body.destroy()
    }
  }

  #broken(request: Request, error: unknown): Outcome<never> {
    const cause = (error as { cause?: unknown }).cause ?? error
    const code = codeOf(cause)
    const message = cause instanceof Error ? cause.message : String(cause)
    const late = error instanceof TimeLimit || cause instanceof TimeLimit
    const reason = late ? `no answer in ${this.#timeoutMs} ms` : (code ?? message)
    const redirect = /redirect/i.test(message)
    const kind = redirect ? 'TRACKING_ERR_HTTP' : 'TRACKING_ERR_UNREACHABLE'
    const what = redirect
      ? `${this.location} answers ${request.method} ${withoutQuery(request.url)} with a redirect, which is not followed`
      : `The tracking server ${this.location} cannot be reached (${reason})`
    const failed = new TrackingError(kind, what, { cause: error })
    // A second wait of the same length would help no one.
    return { error: failed, passing: !redirect && !late, unsent: NOT_SENT.includes(code ?? '') }
  }
}

/** The numbers among the options, with their defaults. Throws TRACKING_ERR_OPTION. */
export function checkServerOptions({ timeoutMs, retries, cooldownMs }: ServerOptions) {
  return {
    timeoutMs: checkNumber('timeoutMs', timeoutMs ?? DEFAULTS.timeoutMs, 1),
    retries: checkNumber('retries', retries ?? DEFAULTS.retries, 0, 20),
    cooldownMs: checkNumber('cooldownMs', cooldownMs ?? DEFAULTS.cooldownMs, 0),
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

function authorize(auth: ServerOptions['auth']) {
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

/** Headers and body for one try; a file is read anew each time and its length is told, since older servers store nothing of a chunked body. */
function sendable(
  { json, bytes, file }: Request,
  touch: () => void,
): { headers?: Record<string, string>; body?: Body } {
  if (json !== undefined) return { headers: { 'content-type': 'application/json' }, body: json }
  if (bytes === undefined && file === undefined) return {}
  const small = bytes ?? readSmall(file!)
  const headers = { 'content-type': 'application/octet-stream' }
  if (small) return { headers, body: small }
  const fd = openFile(file!)
  const size = nodeFiles.size(fd)
  const stream = createReadStream(file!, { fd, end: size - 1 })
  stream.on('data', touch).pause()
  return { headers: { ...headers, 'content-length': String(size) }, body: stream }
}

function delay(attempt: number) {
  return FIRST_DELAY * 2 ** attempt * (0.5 + Math.random())
}

function retryAfter(response: Incoming) {
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN)
  return seconds >= 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER) : undefined
}

function isDisabled(error: TrackingError) {
  return error.code === 'TRACKING_ERR_HTTP' && error.status === 503
}

function withoutQuery(url: string) {
  return url.split('?')[0]!
}
