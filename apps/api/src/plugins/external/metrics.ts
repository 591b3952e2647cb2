import metrics, { type IFastifyMetrics } from 'fastify-metrics'
import fp from 'fastify-plugin'

declare module 'fastify' {
  export interface FastifyInstance {
    metrics: IFastifyMetrics
  }
}

/** A forest answers in microseconds: the usual buckets from 5 ms would hold everything in the first. */
export const BUCKETS_SECONDS = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const

export interface MetricsOptions {
  /** Serve them on `/metrics` of this app; they may have a listener of their own instead. */
  readonly exposed: boolean
}

/** Process, Node and HTTP metrics. Own series are made from `app.metrics.client`. */
export default fp<MetricsOptions>(
  async (app, { exposed }) => {
    await app.register(metrics.default, {
      endpoint: exposed
        ? {
            url: '/metrics',
            method: 'GET',
            handler: () => {},
            config: {
              docs: {
                operationId: 'metrics',
                tag: 'Operations',
                summary: 'Metrics in Prometheus text format',
                answers: { 200: { description: 'All series.', type: 'text/plain' } },
                errors: [500],
              },
            },
          }
        : null,
      // The registry is global: without this a second app in one process cannot be made.
      clearRegisterOnInit: true,
      routeMetrics: {
        registeredRoutesOnly: false,
        overrides: { histogram: { buckets: [...BUCKETS_SECONDS] } },
      },
    })
  },
  { name: 'metrics' },
)
