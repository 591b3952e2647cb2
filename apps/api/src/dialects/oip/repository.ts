import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.ts'
import { type RouteDocs, SCOPED } from '../../route-docs.ts'
import { isObject, parseJson } from '../json.ts'
import { EMPTY, Index, IndexRequest, LoadRequest, OipError, pathParameters, UnloadRequest } from './schema.ts'
import type { Target } from './target.ts'

/** A body here has a key or two. */
const MAX_BYTES = 64 << 10
const STATES = { ready: 'READY', loading: 'LOADING', unavailable: 'UNAVAILABLE' } as const

/** `POST /v2/repository/index`, and `/v2/repository/models/{model}/load` and `/unload` for admins. */
export function repositoryRoutes(app: FastifyInstance): void {
  app.post(
    '/repository/index',
    {
      bodyLimit: MAX_BYTES,
      onRequest: app.scope('predict'),
      config: {
        docs: {
          ...docs('oipRepositoryIndex', '', 'Every model that this service was told to serve'),
          body: () => IndexRequest,
          answers: { 200: { description: 'The models.', schema: () => Index } },
          errors: [400, ...SCOPED, 408, 413, 500],
        },
      },
    },
    (request) => {
      const { ready = false } = optionalBody(request)
      if (typeof ready !== 'boolean')
        throw new ApiError('API_ERR_VALUE', 'ready must be true or false.', { path: '/ready' })
      return app.models.index().flatMap(({ name, version, state, reason }) => {
        if (ready && state !== 'ready') return []
        return { name, ...(version !== undefined && { version }), state: STATES[state], reason }
      })
    },
  )

  app.post(
    '/repository/models/:model/load',
    {
      bodyLimit: MAX_BYTES,
      onRequest: app.scope('admin'),
      config: {
        docs: {
          ...docs('oipLoad', '/models/:model', 'Load what the reference of a model means now'),
          description: 'Only references that the service was started with are loaded, so no parameter is taken.',
        },
      },
    },
    async (request, reply) => {
      if (Object.keys(parametersOf(request)).length > 0)
        throw new ApiError('API_ERR_VALUE', 'A load takes no parameters here.', { path: '/parameters' })
      const reloads = await app.models.load((request.params as Target).model)
      const failed = reloads.find(({ error }) => error !== undefined)
      if (failed !== undefined) throw refusal(failed.error)
      return reply.send()
    },
  )

  app.post(
    '/repository/models/:model/unload',
    {
      bodyLimit: MAX_BYTES,
      onRequest: app.scope('admin'),
      config: {
        docs: { ...docs('oipUnload', '/models/:model', 'Take a model out of service'), body: () => UnloadRequest },
      },
    },
    async (request, reply) => {
      parametersOf(request)
      await app.models.unload((request.params as Target).model)
      return reply.send()
    },
  )
}

function docs(operationId: string, target: string, summary: string): RouteDocs {
  return {
    operationId,
    tag: 'Open Inference Protocol',
    summary,
    parameters: pathParameters(target),
    body: () => LoadRequest,
    bodyRequired: false,
    answers: { 200: EMPTY },
    errors: [400, ...SCOPED, 404, 408, 409, 413, 500, 503],
    errorForm: OipError,
  }
}

/** Clients send an empty body, or an object. */
function optionalBody({ body }: FastifyRequest): Readonly<Record<string, unknown>> {
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  const value = parseJson(body, MAX_BYTES)
  if (isObject(value)) return value
  throw new ApiError('API_ERR_BODY', 'The body must be empty or an object.', { path: '' })
}

function parametersOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const { parameters } = optionalBody(request)
  if (parameters === undefined || parameters === null) return {}
  if (isObject(parameters)) return parameters
  throw new ApiError('API_ERR_BODY', 'parameters must be an object.', { path: '/parameters' })
}

/** Reasons may have paths of this machine in them: they are for the log and /model/info. */
function refusal(cause: ApiError | undefined): ApiError {
  if (cause?.code === 'API_ERR_REGISTRY')
    return new ApiError('API_ERR_REGISTRY', 'The registry did not answer; a model loaded before stays.', { cause })
  return new ApiError('API_ERR_RELOAD_REFUSED', 'The model on offer was refused; one loaded before stays.', { cause })
}
