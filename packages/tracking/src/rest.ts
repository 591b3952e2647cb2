import { Readable } from 'node:stream'
import { authorize, readAddress } from './address.ts'
import { drain, isAway, readFailure, readReply, readText, unless } from './answer.ts'
import { Breaker } from './breaker.ts'
import { codeOf } from './disk.ts'
import type { Endpoint } from './endpoints.ts'
import { TrackingError } from './errors.ts'
import { checkNumber } from './guards.ts'
import { fillPath, queryOf, type Request, sendable, toJson } from './request.ts'
import { type Incoming, makeTransport, type Outgoing, type Sending, type Transport } from './transport.ts'
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

/** Speaks HTTP with one server: credentials, time limits, retries, and the four kinds of answers. */
export class Rest {
  /** The server's address without credentials and without a slash at its end. */
  readonly location: string
  /** The path in the server's address, which goes before every other. */
  readonly #prefix: string
  readonly #headers: Record<string, string>
  readonly #timeoutMs: number
  readonly #retries: number
  readonly #breaker: Breaker
  readonly #transport: Transport

  /** Throws TRACKING_ERR_OPTION when `uri` is not one of a server or a number cannot be meant. */
  constructor(uri: string, options: ServerOptions = {}) {
    const { location, credentials } = readAddress(uri)
    this.location = location
    this.#prefix = new URL(location).pathname.replace(/\/$/, '')
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
    this.#transport = makeTransport(location, options.tls)
  }

  /** Calls one endpoint of MLflow's API. */
  async call<Q extends object, R extends object>(endpoint: Endpoint<Q, R>, request: Q): Promise<R> {
    const { method, repeatable } = endpoint
    const { path, rest } = fillPath(`/api/2.0/mlflow/${endpoint.path}`, request)
    const sent =
      method === 'GET'
        ? this.#request(method, path + queryOf(rest), { repeatable: true })
        : this.#request(method, path, { repeatable, json: toJson(rest) })
    return this.#exchange(sent, (response) => readReply(response, sent)) as Promise<R>
  }

  /** Gets the JSON object at a path below the server's address. */
  async getJson(path: string): Promise<object> {
    const request = this.#request('GET', path, { repeatable: true })
    return this.#exchange(request, (response) => readReply(response, request))
  }

  /** The server's version, such as `3.17.2`; empty where it does not tell. */
  async version(): Promise<string> {
    const request = this.#request('GET', '/version', { repeatable: true })
    const read = async (response: Incoming) => (await readText(response, MAX_VERSION_BYTES, request)).trim()
    const version = await this.#exchange(request, read).catch(unless((error) => !isAway(error)))
    return version ?? ''
  }

  /** Sends a file, over what was there. */
  async putFile(path: string, file: string): Promise<void> {
    await this.#exchange(this.#request('PUT', path, { repeatable: true, file }), drain)
  }

  async putBytes(path: string, bytes: Uint8Array): Promise<void> {
    await this.#exchange(this.#request('PUT', path, { repeatable: true, bytes }), drain)
  }

  /** Gets bytes; `read` takes them, calls `touch` as they come, and may be called again when the connection breaks. */
  async getBytes(path: string, read: (response: Incoming, touch: () => void) => Promise<void>): Promise<void> {
    await this.#exchange(this.#request('GET', path, { repeatable: true }), read)
  }

  /** Whether the server was away a moment ago, so that calls fail at once. */
  get isResting(): boolean {
    return this.#breaker.isOpen
  }

  /** Whether the server answers now, asked at once and in at most two seconds; if so, it is spoken to again. */
  async isUp(): Promise<boolean> {
    const sending = this.#transport(`${this.#prefix}/health`, { method: 'GET', headers: this.#headers })
    const timer = setTimeout(() => sending.cancel(new TimeLimit()), Math.min(this.#timeoutMs, PROBE_TIME))
    const answer = await sending.answer.catch(() => undefined)
    clearTimeout(timer)
    answer?.body.destroy()
    const up = answer !== undefined && !PASSING.includes(answer.status)
    if (up) this.#breaker.close()
    return up
  }

  #request(method: string, path: string, content: Omit<Request, 'method' | 'path' | 'url'>): Request {
    return { method, path: this.#prefix + path, url: this.location + path, ...content }
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
    let sending: Sending | undefined
    const timer = setTimeout(() => sending?.cancel(new TimeLimit()), this.#timeoutMs)
    const touch = () => void timer.refresh()
    let outgoing: Outgoing | undefined
    try {
      outgoing = sendable(request, this.#headers, touch)
      sending = this.#transport(request.path, outgoing)
      const response = await sending.answer
      if (response.status < 300) return { value: await read(response, touch) }
      const error = await readFailure(response, request)
      const passing = PASSING.includes(response.status) && !isDisabled(error)
      return { error, passing, unsent: response.status === 429, retryAfter: retryAfter(response) }
    } catch (error) {
      if (error instanceof TrackingError) return { error, passing: false, unsent: false }
      return this.#broken(request, error)
    } finally {
      clearTimeout(timer)
      // A request that fails early leaves its body as it is, and the file with it.
      if (outgoing?.body instanceof Readable) outgoing.body.destroy()
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
      ? `${this.location} answers ${request.method} ${request.url.split('?')[0]} with a redirect, which is not followed`
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
