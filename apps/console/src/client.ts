import { Refusal, Unreachable } from './errors.ts'

/** Where the key of this tab is kept; it goes with the tab. */
const KEY = 'copse.key'
const TIMEOUT_MS = 10_000

/** The part of `Storage` that is used. */
export interface KeyStore {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

export interface ClientEvents {
  /** An answer came, whatever it says. */
  onReached(): void
  onUnreachable(): void
  /** A key is needed, or the one that was sent is not known. */
  onKeyNeeded(refusal: Refusal): void
}

/** Asks the service that this page came from. */
export class Client {
  readonly #fetch: typeof fetch
  readonly #store: KeyStore
  readonly #events: ClientEvents

  constructor(events: ClientEvents, store: KeyStore, fetcher: typeof fetch = (...given) => fetch(...given)) {
    this.#events = events
    this.#store = store
    this.#fetch = fetcher
  }

  get key(): string | undefined {
    return this.#store.getItem(KEY) ?? undefined
  }

  set key(key: string | undefined) {
    if (key === undefined) this.#store.removeItem(KEY)
    else this.#store.setItem(KEY, key)
  }

  /** @throws Refusal, Unreachable, or the signal's reason when it is aborted */
  async get(path: string, signal?: AbortSignal): Promise<unknown> {
    return this.#json(await this.#ask(path, {}, signal))
  }

  /** The answer as text. @throws as `get` */
  async text(path: string, signal?: AbortSignal): Promise<string> {
    return this.#body(await this.#ask(path, {}, signal), signal)
  }

  /** @throws as `get` */
  async post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    return this.#json(await this.#ask(path, { method: 'POST', body: JSON.stringify(body), headers }, signal))
  }

  async #ask(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const { key } = this
    const headers = { ...init.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
    const limit = AbortSignal.timeout(TIMEOUT_MS)
    let response: Response
    try {
      response = await this.#fetch(path, {
        ...init,
        headers,
        cache: 'no-store',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      })
    } catch {
      signal?.throwIfAborted()
      throw this.#unreachable()
    }
    if (response.ok) {
      this.#events.onReached()
      return response
    }
    throw await this.#refusal(response)
  }

  async #body(response: Response, signal?: AbortSignal): Promise<string> {
    try {
      return await response.text()
    } catch {
      signal?.throwIfAborted()
      throw this.#unreachable()
    }
  }

  async #json(response: Response): Promise<unknown> {
    const text = await this.#body(response)
    try {
      return JSON.parse(text)
    } catch {
      throw this.#unreachable()
    }
  }

  /** A gateway in between answers 502, 503 or 504 in a form of its own: the service is not there. */
  async #refusal(response: Response): Promise<Refusal | Unreachable> {
    const answer = await response.json().catch(() => undefined)
    const { code, message, path } = (answer ?? {}) as Record<string, unknown>
    if (typeof code !== 'string' || typeof message !== 'string') {
      if (response.status >= 502) return this.#unreachable()
      this.#events.onReached()
      return new Refusal(response.status, '', `The service answered ${response.status} and did not say why.`)
    }
    this.#events.onReached()
    const refusal = new Refusal(response.status, code, message, typeof path === 'string' ? path : undefined)
    if (response.status === 401) this.#events.onKeyNeeded(refusal)
    return refusal
  }

  #unreachable(): Unreachable {
    this.#events.onUnreachable()
    return new Unreachable('The service does not answer.')
  }
}
