import type { FastifyInstance } from 'fastify'
import { Health, Live, Ready, type Status } from '../schemas/health.ts'

/** `GET /livez`, `GET /readyz` and `GET /health`. */
export default async function healthRoutes(app: FastifyInstance): Promise<void> {
  function status(): Status {
    if (app.lifecycle.draining) return 'draining'
    return app.model.current === undefined ? 'loading' : 'ok'
  }

  app.get<{ Reply: Live }>(
    '/livez',
    {
      schema: { response: { 200: Live } },
      config: {
        docs: {
          operationId: 'livez',
          tag: 'Health',
          summary: 'Whether the process answers',
          answers: { 200: { description: 'It does.', schema: () => Live } },
          errors: [],
        },
      },
    },
    () => ({ status: 'ok' }),
  )

  app.get<{ Reply: Ready }>(
    '/readyz',
    {
      schema: { response: { 200: Ready, 503: Ready } },
      config: {
        docs: {
          operationId: 'readyz',
          tag: 'Health',
          summary: 'Whether requests may be sent here',
          answers: {
            200: { description: 'A model is loaded.', schema: () => Ready },
            503: { description: 'No model is loaded yet, or the service is draining.', schema: () => Ready },
          },
          errors: [],
        },
      },
    },
    (_request, reply) => {
      const now = status()
      reply.code(now === 'ok' ? 200 : 503).send({ status: now })
    },
  )

  app.get<{ Reply: Health }>(
    '/health',
    {
      schema: { response: { 200: Health, 503: Health } },
      config: {
        docs: {
          operationId: 'health',
          tag: 'Health',
          summary: 'Status and the served model',
          answers: {
            200: { description: 'A model is loaded.', schema: () => Health },
            503: { description: 'No model is loaded yet, or the service is draining.', schema: () => Health },
          },
          errors: [],
        },
      },
    },
    (_request, reply) => {
      const now = status()
      const { current } = app.model
      const model = current && {
        name: current.name,
        version: current.version,
        sha256: current.bundle.sha256,
        stale: current.origin.stale,
      }
      reply.code(now === 'ok' ? 200 : 503).send({ status: now, model: model ?? null })
    },
  )
}
