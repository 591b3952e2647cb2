import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ApiError } from '../errors.ts'
import type { ServedModel } from '../model/served.ts'
import type { Reload } from '../model/slot.ts'
import { ModelInfo, ReloadAnswer, type Reload as ReloadShown } from '../schemas/model-info.ts'

/** `GET /model/info`, `GET /model/card` and `POST /model/reload`. */
const modelRoutes: FastifyPluginAsyncTypebox = async (app) => {
  function current(): ServedModel {
    const model = app.model.current
    if (model === undefined) throw new ApiError('API_ERR_NOT_READY', 'No model is loaded yet.')
    return model
  }

  app.get(
    '/model/info',
    {
      schema: { response: { 200: ModelInfo } },
      config: {
        docs: {
          operationId: 'modelInfo',
          tag: 'Model',
          summary: 'What is served: signature, parameters, training summary, origin',
          answers: { 200: { description: 'The served model.', schema: () => ModelInfo } },
          errors: [500, 503],
        },
      },
    },
    () => info(current(), app.model.last!),
  )

  app.get(
    '/model/card',
    {
      config: {
        docs: {
          operationId: 'modelCard',
          tag: 'Model',
          summary: 'The model card, for people',
          answers: { 200: { description: 'Markdown.', type: 'text/markdown' } },
          errors: [404, 500, 503],
        },
      },
    },
    (_request, reply) => {
      const { card } = current().bundle
      if (card === undefined) throw new ApiError('API_ERR_NOT_FOUND', 'The bundle of the served model has no card.')
      reply.header('content-type', 'text/markdown; charset=utf-8').send(card)
    },
  )

  const reload: FastifyPluginAsyncTypebox = async (scope) => {
    // The route takes no body; one that is sent is not looked at.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume()
      done(null)
    })
    scope.post(
      '/model/reload',
      {
        onRequest: app.adminOnly,
        schema: { response: { 200: ReloadAnswer } },
        config: {
          docs: {
            operationId: 'modelReload',
            tag: 'Model',
            summary: 'Load what the reference means now',
            description:
              'The new model serves once it has passed every check; until then, and when it fails, the old one does.',
            answers: { 200: { description: 'The model that serves now.', schema: () => ReloadAnswer } },
            errors: [403, 409, 415, 500, 503],
          },
        },
      },
      async () => {
        const { result, error } = await app.model.reload()
        if (result === 'failed') throw refusal(error)
        const { name, version, bundle, origin } = current()
        return { result, model: { name, version, sha256: bundle.sha256, stale: origin.stale } }
      },
    )
  }
  app.register(reload)
}

export default modelRoutes

function info(model: ServedModel, last: Reload): ModelInfo {
  const { origin, bundle, forest } = model
  return {
    name: model.name,
    version: model.version,
    aliases: [...origin.aliases],
    reference: origin.reference,
    stale: origin.stale,
    sha256: bundle.sha256,
    bundle_sha256: bundle.bundleSha256,
    run_id: origin.runId ?? null,
    created_at: time(model.createdAt),
    loaded_at: time(model.loadedAt),
    signature: forest.signature,
    parameters: forest.parameters,
    aggregation: forest.aggregation,
    trees: forest.treeCount,
    nodes: forest.nodeCount,
    training: forest.summary,
    tags: { ...origin.tags },
    last_reload: shown(last),
  }
}

function shown({ result, at, error }: Reload): ReloadShown {
  return { result, at: time(at), ...(error && { code: error.code, message: error.message }) }
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}

function refusal(error: ApiError | undefined): ApiError {
  if (error?.code === 'API_ERR_REGISTRY') {
    return new ApiError('API_ERR_REGISTRY', 'The registry did not answer; the model before stays.', { cause: error })
  }
  return new ApiError(
    'API_ERR_RELOAD_REFUSED',
    'The model on offer was refused and the one before stays; /model/info says why.',
    {
      cause: error,
    },
  )
}
