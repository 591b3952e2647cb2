import type { FastifyInstance } from 'fastify'

/** `GET /metrics`. */
export default async function metricsRoutes(app: FastifyInstance): Promise<void> {
  const { contentType } = app.metrics.client.register
  app.get(
    '/metrics',
    {
      config: {
        docs: {
          operationId: 'metrics',
          tag: 'Operations',
          summary: 'Metrics in Prometheus text format',
          answers: { 200: { description: 'All series.', type: 'text/plain' } },
          errors: [500],
        },
      },
    },
    async (_request, reply) => {
      const text = await app.scrape()
      return reply.type(contentType).send(text)
    },
  )
}
