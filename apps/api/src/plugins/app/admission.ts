import type { FastifyReply, FastifyRequest, onRequestHookHandler, preHandlerHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { RateLimit } from '../../access/rate.ts'
import { ApiError } from '../../errors.ts'
import { EventLoopDelay } from '../../event-loop-delay.ts'

declare module 'fastify' {
  export interface FastifyContextConfig {
    /** An inference route: see `admission`. */
    inference?: boolean
  }
}

export interface AdmissionOptions {
  /** Requests a second for each key; 0 = no limit. */
  readonly rateLimit: number
  /** Most inference requests at once. */
  readonly maxConcurrency: number
  /** Most milliseconds that the event loop may be late; 0 = no limit. */
  readonly maxDelayMs: number
  /** Most milliseconds from a request's head to its prediction; 0 = no limit. */
  readonly deadlineMs: number
}

const REASONS = ['rate', 'concurrency', 'delay', 'deadline'] as const

/**
 * Who and how much is let in to the inference routes. A dialect names its routes with `config: { inference: true }` and
 * does nothing else: the scope `predict`, the rate of a key, the bound on requests at once, the event loop's delay and
 * the deadline are hooks that this plugin puts in front of them. What it refuses is thrown as an ApiError (401, 403, 429,
 * 503, 504), which the dialect's error handler writes in the dialect's own form; `Retry-After` is set already.
 */
export default fp<AdmissionOptions>(
  async (app, { rateLimit, maxConcurrency, maxDelayMs, deadlineMs }) => {
    const { client } = app.metrics
    const permitted = app.permit('predict')
    const rate = rateLimit > 0 ? new RateLimit(rateLimit) : undefined
    const delay = new EventLoopDelay()
    let open = 0

    const shed = new client.Counter({
      name: 'copse_requests_shed_total',
      help: 'Inference requests that were refused to protect the rest, by reason',
      labelNames: ['reason'],
    })
    for (const reason of REASONS) shed.inc({ reason }, 0)
    new client.Gauge({
      name: 'copse_queue_depth',
      help: 'Inference requests that were let in and are not yet answered',
      collect() {
        this.set(open)
      },
    })

    function refuse(reason: (typeof REASONS)[number], reply: FastifyReply, waitMs: number): ApiError {
      shed.inc({ reason })
      if (reason !== 'deadline') reply.header('retry-after', String(Math.ceil(waitMs / 1000)))
      return REFUSALS[reason]
    }

    function check(request: FastifyRequest, reply: FastifyReply): ApiError | undefined {
      const denied = permitted(request, reply)
      if (denied !== undefined) return denied
      if (maxDelayMs > 0 && delay.ms > maxDelayMs) return refuse('delay', reply, delay.ms)
      if (open >= maxConcurrency) return refuse('concurrency', reply, 1000)
      const waitMs = rate === undefined ? 0 : rate.take(request.caller, request.startedAt)
      return waitMs > 0 ? refuse('rate', reply, waitMs) : undefined
    }

    function release() {
      open--
    }

    const admit: onRequestHookHandler = (request, reply, done) => {
      const refused = check(request, reply)
      if (refused !== undefined) {
        done(refused)
        return
      }
      open++
      // Comes also when the client goes away, which onResponse does not.
      reply.raw.on('close', release)
      done()
    }

    const inTime: preHandlerHookHandler = (request, reply, done) => {
      const late = performance.now() - request.startedAt > deadlineMs
      done(late ? refuse('deadline', reply, 0) : undefined)
    }

    app.addHook('onRoute', (route) => {
      if (!route.config?.inference) return
      route.onRequest = [admit, ...listed(route.onRequest)]
      if (deadlineMs > 0) route.preHandler = [inTime, ...listed(route.preHandler)]
    })
    app.addHook('onClose', async () => delay.close())
  },
  { name: 'admission', dependencies: ['scope', 'http-metrics'] },
)

const REFUSALS = {
  rate: new ApiError('API_ERR_RATE', 'The key has sent more requests a second than it may.'),
  concurrency: new ApiError('API_ERR_BUSY', 'As many requests as may be are under way.'),
  delay: new ApiError('API_ERR_OVERLOAD', 'The service is overloaded.'),
  deadline: new ApiError('API_ERR_DEADLINE', 'The request came to its prediction after the deadline.'),
}

function listed<T>(hooks: T | T[] | undefined): T[] {
  return hooks === undefined ? [] : ([hooks].flat() as T[])
}
