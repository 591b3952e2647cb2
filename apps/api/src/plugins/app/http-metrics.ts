import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DurationHistogram } from '../../metrics/duration-histogram.ts'
import { DurationSummary } from '../../metrics/duration-summary.ts'
import type { DurationCounter } from '../../metrics/durations.ts'
import { BUCKETS_SECONDS } from '../external/metrics.ts'

/** Notes that a request was answered with a status after so many seconds. */
export type TimeRoute = (status: number, seconds: number) => void

declare module 'fastify' {
  export interface FastifyInstance {
    /** The series of a route, for who knows better than a hook when its requests are over. */
    timeRoute: (method: string, route: string) => TimeRoute
  }
  export interface FastifyRequest {
    /** When the head of the request was read, in milliseconds of `performance.now()`. */
    startedAt: number
  }
}

/** Methods that fastify-metrics leaves out too. */
const UNTIMED = new Set(['HEAD', 'OPTIONS', 'TRACE'])

const labelNames = ['method', 'route', 'status_code'] as const

/**
 * The two series of requests that fastify-metrics has, at a tenth of its price: it builds labels and reads
 * `routeOptions`, which makes an object at each look, several times a request. Here a route knows its own series. Those of
 * inference routes are told by `inference`.
 */
export default fp(
  async (app) => {
    const { register } = app.metrics.client
    const histogram = new DurationHistogram(
      { name: 'http_request_duration_seconds', help: 'request duration in seconds', labelNames, register },
      BUCKETS_SECONDS,
    )
    const summary = new DurationSummary({
      name: 'http_request_summary_seconds',
      help: 'request duration in seconds summary',
      labelNames,
      register,
    })

    /** Two routes of one name, such as two prefixes of a 404, share theirs. */
    const all = new Map<string, readonly DurationCounter[]>()
    function countersOf(method: string, route: string, status: number): readonly DurationCounter[] {
      const key = `${method} ${status} ${route}`
      let counters = all.get(key)
      if (counters === undefined) {
        const labels = { method, route, status_code: status }
        counters = [histogram.add(labels), summary.add(labels)]
        all.set(key, counters)
      }
      return counters
    }

    function timeRoute(method: string, route: string): TimeRoute {
      const byStatus = new Map<number, readonly DurationCounter[]>()
      return (status, seconds) => {
        let counters = byStatus.get(status)
        if (counters === undefined) {
          counters = countersOf(method, route, status)
          byStatus.set(status, counters)
        }
        for (let i = 0; i < counters.length; i++) counters[i]!.add(seconds)
      }
    }

    function timeUnknown({ method, startedAt }: FastifyRequest, { statusCode }: FastifyReply): void {
      // The methods that Node's parser knows are a closed list.
      timeRoute(method, '__unknown__')(statusCode, (performance.now() - startedAt) / 1000)
    }

    app.decorate('timeRoute', timeRoute)
    app.decorateRequest('startedAt', 0)
    app.addHook('onRequest', (request, reply, done) => {
      request.startedAt = performance.now()
      if (request.is404) reply.raw.once('close', () => timeUnknown(request, reply))
      done()
    })
    app.addHook('onRoute', (route) => {
      const methods = [route.method].flat().filter((method) => !UNTIMED.has(method))
      if (methods.length === 0 || route.config?.inference) return
      const time = timeRoute(methods[0]!, route.url)
      route.onResponse = [
        (request, reply, done) => {
          time(reply.statusCode, (performance.now() - request.startedAt) / 1000)
          done()
        },
        ...[route.onResponse ?? []].flat(),
      ]
    })
  },
  { name: 'http-metrics', dependencies: ['metrics'] },
)
