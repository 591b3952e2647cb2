import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'
import type { ServedModel } from '../model/served.ts'
import type { ModelSlot, Reload } from '../model/slot.ts'
import { type ParameterDocs, SCOPED } from '../route-docs.ts'
import { ModelInfo, ModelList, ReloadAnswer, type Reload as ReloadShown } from '../schemas/model-info.ts'

/** `GET /models`, `GET /model/info`, `GET /model/card` and `POST /model/reload`. */
const modelRoutes: FastifyPluginAsyncTypebox = async (app) => {
  /** The slot that the query asks for: `model` by its name, `version` by the version it serves. */
  function slotOf(request: FastifyRequest): LoadedSlot {
    const { model: name, version } = request.query as Record<string, string | undefined>
    const model = app.models.find(name, version)
    const slot = app.models.slots.find((slot) => slot.current === model)!
    return slot as LoadedSlot
  }

  app.get(
    '/models',
    {
      onRequest: app.scope('predict'),
      schema: { response: { 200: ModelList } },
      config: {
        docs: {
          operationId: 'models',
          tag: 'Model',
          summary: 'Every model of this service',
          answers: { 200: { description: 'The first is the default model.', schema: () => ModelList } },
          errors: [...SCOPED, 500],
        },
      },
    },
    () => ({ models: app.models.index().map((model) => ({ ...model, version: model.version ?? null })) }),
  )

  app.get(
    '/model/info',
    {
      onRequest: app.scope('predict'),
      schema: { response: { 200: ModelInfo } },
      config: {
        docs: {
          operationId: 'modelInfo',
          tag: 'Model',
          summary: 'What is served: signature, parameters, training summary, origin',
          parameters: [NAME, VERSION],
          answers: { 200: { description: 'The served model.', schema: () => ModelInfo } },
          errors: [...SCOPED, 404, 500, 503],
        },
      },
    },
    (request) => info(slotOf(request)),
  )

  app.get(
    '/model/card',
    {
      onRequest: app.scope('predict'),
      config: {
        docs: {
          operationId: 'modelCard',
          tag: 'Model',
          summary: 'The model card, for people',
          parameters: [NAME, VERSION],
          answers: { 200: { description: 'Markdown.', type: 'text/markdown' } },
          errors: [...SCOPED, 404, 500, 503],
        },
      },
    },
    (request, reply) => {
      const { card } = slotOf(request).current.bundle
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
        onRequest: app.scope('admin'),
        schema: { response: { 200: ReloadAnswer } },
        config: {
          docs: {
            operationId: 'modelReload',
            tag: 'Model',
            summary: 'Load what the reference means now',
            parameters: [NAME],
            description:
              'The new model serves once it has passed every check; until then, and when it fails, the old one does.',
            answers: { 200: { description: 'The model that serves now.', schema: () => ReloadAnswer } },
            errors: [...SCOPED, 404, 409, 415, 500, 503],
          },
        },
      },
      async (request) => {
        const { model: name } = request.query as Record<string, string | undefined>
        const reloads = await app.models.load(name ?? app.models.default.name)
        const failed = reloads.find((reload) => reload.error !== undefined)
        if (failed !== undefined) throw refusal(failed.error)
        const swapped = reloads.some((reload) => reload.result === 'swapped')
        const { current, stale } = slotOf(request)
        const result = swapped ? ('swapped' as const) : ('unchanged' as const)
        return { result, model: { name: current.name, version: current.version, sha256: current.bundle.sha256, stale } }
      },
    )
  }
  app.register(reload)
}

export default modelRoutes

export const NAME: ParameterDocs = {
  name: 'model',
  in: 'query',
  description: 'Name of the model; absent, the default model.',
  example: (model) => model?.name,
}
export const VERSION: ParameterDocs = {
  name: 'version',
  in: 'query',
  description: 'One of its versions that serve; absent, the first.',
  example: (model) => model?.version,
}

/** A slot that serves. */
type LoadedSlot = ModelSlot & { readonly current: ServedModel; readonly last: Reload }

function info({ current: model, last, stale }: LoadedSlot): ModelInfo {
  const { origin, bundle, forest } = model
  return {
    name: model.name,
    version: model.version,
    aliases: [...origin.aliases],
    reference: origin.reference,
    stale,
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
