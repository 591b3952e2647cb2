import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { RateLimit } from '../../access/rate.ts'
import { ApiError } from '../../errors.ts'
import { EventLoopDelay } from '../../event-loop-delay.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    admission: Admission
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

/** Who and how much is let in to the inference routes. Refusals are counted, and have their `Retry-After` set. */
export interface Admission {
  /** Why a request may not come in: scope, rate, requests at once, the event loop's delay. One that may counts until `leave`. */
  enter(request: FastifyRequest, reply: FastifyReply): ApiError | undefined
  /** Why a request that is in may not be predicted: its deadline. */
  checkDeadline(request: FastifyRequest): ApiError | undefined
  leave(): void
}

const REASONS = ['rate', 'concurrency', 'delay', 'deadline'] as const

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

    function refuse(
      reason: Exclude<(typeof REASONS)[number], 'deadline'>,
      reply: FastifyReply,
      waitMs: number,
    ): ApiError {
      shed.inc({ reason })
      reply.header('retry-after', String(Math.ceil(waitMs / 1000)))
      return REFUSALS[reason]
    }

    const admission: Admission = {
      enter(request, reply) {
        const denied = permitted(request, reply)
        if (denied !== undefined) return denied
        if (maxDelayMs > 0 && delay.ms > maxDelayMs) return refuse('delay', reply, delay.ms)
        if (open >= maxConcurrency) return refuse('concurrency', reply, 1000)
        const waitMs = rate === undefined ? 0 : rate.take(request.caller, request.startedAt)
        if (waitMs > 0) return refuse('rate', reply, waitMs)
        open++
        return undefined
      },
      checkDeadline(request) {
        if (deadlineMs === 0 || performance.now() - request.startedAt <= deadlineMs) return undefined
        shed.inc({ reason: 'deadline' })
        return REFUSALS.deadline
      },
      leave() {
        open--
      },
    }
    app.decorate('admission', admission)
    app.addHook('onClose', async () => delay.close())
  },
  { name: 'admission', dependencies: ['scope', 'http-metrics'] },
)

const REFUSALS = {
  rate: new ApiError('API_ERR_RATE', 'The key has sent more requests a second than it may.'),
  concurrency: new ApiError('API_ERR_BUSY', 'As many requests as may be are under way.'),
  delay: new ApiError('API_ERR_OVERLOAD', 'The service is overloaded.'),
  deadline: new ApiError('API_ERR_DEADLINE', 'The request came to its prediction after the deadline.'),
} as const
