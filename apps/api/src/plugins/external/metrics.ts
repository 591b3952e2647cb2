import metrics, { type IFastifyMetrics } from 'fastify-metrics'
import fp from 'fastify-plugin'

declare module 'fastify' {
  export interface FastifyInstance {
    metrics: IFastifyMetrics
    /** All series in Prometheus' text format; with several processes those of all of them. */
    scrape: () => Promise<string>
  }
}

/** A forest answers in microseconds: the usual buckets from 5 ms would hold everything in the first. */
export const BUCKETS_SECONDS = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const

/** Process and Node metrics. Own series are made from `app.metrics.client`. */
export default fp(
  async (app) => {
    await app.register(metrics.default, {
      endpoint: null,
      // The registry is global: without this a second app in one process cannot be made.
      clearRegisterOnInit: true,
      routeMetrics: { enabled: false },
    })
    const { register } = app.metrics.client
    app.decorate('scrape', () => register.metrics())
  },
  { name: 'metrics' },
)
