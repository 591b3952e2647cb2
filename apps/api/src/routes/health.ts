import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Health, Live, Ready, type Status } from '../schemas/health.ts'

/** `GET /livez`, `GET /readyz` and `GET /health`. */
const healthRoutes: FastifyPluginAsyncTypebox = async (app) => {
  function status(): Status {
    if (app.lifecycle.draining) return 'draining'
    return app.models.ready ? 'ok' : 'loading'
  }

  app.get(
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
    () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      schema: { response: { 200: Ready, 503: Ready } },
      config: {
        docs: {
          operationId: 'readyz',
          tag: 'Health',
          summary: 'Whether requests may be sent here',
          answers: {
            200: { description: 'Every model is loaded.', schema: () => Ready },
            503: { description: 'A model is not loaded yet, or the service is draining.', schema: () => Ready },
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

  app.get(
    '/health',
    {
      schema: { response: { 200: Health, 503: Health } },
      config: {
        docs: {
          operationId: 'health',
          tag: 'Health',
          summary: 'Status and the default model',
          answers: {
            200: { description: 'Every model is loaded.', schema: () => Health },
            503: { description: 'A model is not loaded yet, or the service is draining.', schema: () => Health },
          },
          errors: [],
        },
      },
    },
    (_request, reply) => {
      const now = status()
      const { current, stale } = app.models.default
      const model = current && {
        name: current.name,
        version: current.version,
        sha256: current.bundle.sha256,
        stale,
      }
      reply.code(now === 'ok' ? 200 : 503).send({ status: now, model: model ?? null })
    },
  )
}

export default healthRoutes
