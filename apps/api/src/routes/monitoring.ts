import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'
import { keyOf } from '../monitoring/facts.ts'
import { SCOPED } from '../route-docs.ts'
import { DriftAnswer, LiveAnswer, PerformanceAnswer } from '../schemas/monitoring.ts'
import { NAME, VERSION } from './model.ts'

/** `GET /monitoring/drift`, `GET /monitoring/performance` and `GET /monitoring/live`. */
const monitoringRoutes: FastifyPluginAsyncTypebox = async (app) => {
  /** Of the model that the query asks for. */
  async function ask<S extends 'drift' | 'performance'>(subject: S, request: FastifyRequest) {
    const { model: name, version } = request.query as Record<string, string | undefined>
    const { name: found, version: its, bundle } = app.models.find(name, version)
    const key = keyOf({ name: found, version: its, sha256: bundle.sha256 })
    const reply = await app.monitoring.ask(subject, { key })
    if (reply !== undefined) return reply
    throw new ApiError('API_ERR_UNWATCHED', 'The bundle of this model has no reference.json, so it is not watched.')
  }

  app.get(
    '/monitoring/drift',
    {
      onRequest: app.scope('predict'),
      schema: { response: { 200: DriftAnswer } },
      config: {
        docs: {
          operationId: 'monitoringDrift',
          tag: 'Monitoring',
          summary: 'How live traffic differs from training, at the last check',
          parameters: [NAME, VERSION],
          answers: { 200: { description: 'Every feature, the answers and the signals.', schema: () => DriftAnswer } },
          errors: [...SCOPED, 404, 500, 503],
        },
      },
    },
    (request) => ask('drift', request),
  )

  app.get(
    '/monitoring/performance',
    {
      onRequest: app.scope('predict'),
      schema: { response: { 200: PerformanceAnswer } },
      config: {
        docs: {
          operationId: 'monitoringPerformance',
          tag: 'Monitoring',
          summary: 'How good the answers of late were, as far as labels tell',
          parameters: [NAME, VERSION],
          answers: { 200: { description: 'In all, and by sub-window.', schema: () => PerformanceAnswer } },
          errors: [...SCOPED, 404, 500, 503],
        },
      },
    },
    (request) => ask('performance', request),
  )

  app.get(
    '/monitoring/live',
    {
      onRequest: app.scope('predict'),
      schema: { response: { 200: LiveAnswer } },
      config: {
        docs: {
          operationId: 'monitoringLive',
          tag: 'Monitoring',
          summary: 'Traffic and latency of the last five minutes',
          answers: { 200: { description: 'Of all processes and models.', schema: () => LiveAnswer } },
          errors: [...SCOPED, 500],
        },
      },
    },
    () => app.monitoring.ask('live', {}),
  )
}

export default monitoringRoutes
