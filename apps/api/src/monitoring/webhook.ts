import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import { kindOf, shownModel } from './drift-answer.ts'
import type { Watched } from './watched.ts'

/** Milliseconds that one attempt may take. */
const ATTEMPT_MS = 10_000
const RETRIES = 5

export interface WebhookOptions {
  readonly url: string
  /** Told why a call was given up. */
  readonly onFailure: (reason: string) => void
  /** Milliseconds before the first retry; doubled up to 30 s. */
  readonly firstDelayMs?: number
}

/** Statuses that another attempt may mend. */
class Refused extends Error {
  readonly transient: boolean

  constructor(status: number) {
    super(`it was answered ${status}`)
    this.transient = status === 408 || status === 429 || status >= 500
  }
}

/** Calls a URL when the state of a model version has become drift: once each time, and again only when it was not delivered. */
export class Webhook {
  readonly counts = { delivered: 0, failed: 0 }
  readonly #options: WebhookOptions
  readonly #closing = new AbortController()
  readonly #calls = new Set<Promise<void>>()

  constructor(options: WebhookOptions) {
    this.#options = options
  }

  /** Never rejects; the call goes on in the background. */
  call(watched: Watched): void {
    const call = this.#deliver(JSON.stringify(webhookBody(watched))).finally(() => this.#calls.delete(call))
    this.#calls.add(call)
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#calls)
  }

  async #deliver(body: string): Promise<void> {
    const { url, onFailure, firstDelayMs = 1000 } = this.#options
    const policy = retry(
      handleWhen((error) => !(error instanceof Refused) || error.transient),
      { maxAttempts: RETRIES, backoff: new ExponentialBackoff({ initialDelay: firstDelayMs, maxDelay: 30_000 }) },
    )
    try {
      await policy.execute(({ signal }) => send(url, body, signal), this.#closing.signal)
      this.counts.delivered++
    } catch (error) {
      this.counts.failed++
      onFailure(reasonOf(error))
    }
  }
}

/** What is sent: docs/monitoring.md has the fields. */
function webhookBody(watched: Watched) {
  const { facts, report } = watched
  return {
    event: 'drift',
    model: shownModel(facts),
    state: report.state,
    checked_at: new Date(report.time).toISOString(),
    rows: report.rows,
    series: report.series
      .filter(({ state }) => state === 'drift')
      .map((series) => ({
        name: series.name,
        kind: kindOf(series),
        since: series.since === null ? null : new Date(series.since).toISOString(),
        q: series.qValue,
        psi: series.psi,
        jensen_shannon: series.jensenShannon,
        missing: series.missing,
        outside: series.outside,
      })),
  }
}

/** A redirect is a refusal: it could lead the body to another host. */
async function send(url: string, body: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Refused(answer.status)
}

/** Without the address, which may hold a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message
  const { name, cause } = error as Error & { cause?: { code?: string } }
  return cause?.code ?? name
}
