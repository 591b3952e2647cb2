import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ApiError, type ApiErrorCode } from '../../errors.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** JSON text of an error in the form of one dialect. */
export type WriteError = (error: ApiError) => string | Buffer

declare module 'fastify' {
  export interface FastifyInstance {
    /** Errors and wrong methods of `scope`, and with a prefix its unknown routes, are answered in a form of its own. */
    errorForm: (scope: FastifyInstance, write: WriteError, type?: string) => void
  }
}

/** Every error, every unknown route and every wrong method is answered in the shape of `ErrorAnswer`. */
export default fp(
  async (app) => {
    const methods = new Map<string, Set<string>>()
    app.addHook('onRoute', ({ url, method }) => {
      const known = methods.get(url) ?? new Set()
      for (const name of [method].flat()) known.add(name)
      methods.set(url, known)
    })

    app.decorate('errorForm', (scope: FastifyInstance, write: WriteError, type?: string) => {
      const send = (error: FastifyError | ApiError, request: FastifyRequest, reply: FastifyReply) =>
        sendError(error, request, reply, write, type)
      scope.setErrorHandler(send)
      if (scope !== app && scope.prefix === '') return
      scope.setNotFoundHandler((request, reply) => {
        const allowed = methodsOf(methods, request.url.split('?', 1)[0]!)
        if (allowed.length === 0) {
          const error = new ApiError('API_ERR_NOT_FOUND', 'There is no such route; /openapi.json lists them.')
          send(error, request, reply)
          return
        }
        const allow = allowed.join(', ')
        reply.header('allow', allow)
        send(new ApiError('API_ERR_METHOD', `This route takes ${allow} only.`), request, reply)
      })
    })
    app.errorForm(app, errorText)
  },
  { name: 'errors' },
)

/** Methods of the routes whose pattern `path` has: `:name` is any one segment. */
function methodsOf(methods: ReadonlyMap<string, ReadonlySet<string>>, path: string): string[] {
  const allowed = new Set<string>(methods.get(path))
  if (allowed.size === 0) {
    const segments = path.split('/')
    for (const [pattern, names] of methods) {
      const wanted = pattern.split('/')
      const fits =
        wanted.length === segments.length && wanted.every((part, i) => part[0] === ':' || part === segments[i])
      if (fits) for (const name of names) allowed.add(name)
    }
  }
  return [...allowed].sort()
}

/** Answers an error as `write` puts it; what is not the client's fault is logged and told as a fixed sentence. */
export function sendError(
  error: FastifyError | ApiError,
  request: FastifyRequest,
  reply: FastifyReply,
  write: WriteError = errorText,
  type = JSON_TYPE,
): void {
  const shown = asApiError(error)
  if (shown.code === 'API_ERR_INTERNAL') request.log.error({ reqId: request.id, err: error }, 'a request failed')
  // Node then reads the rest of the body and drops it; closing would reset the connection before the answer is read.
  if (shown.code === 'API_ERR_TOO_LARGE') {
    reply.removeHeader('connection')
    request.raw.resume()
  }
  if (shown.statusCode === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1')
  reply.header('x-request-id', request.id)
  reply.code(shown.statusCode).header('content-type', type).send(write(shown))
}

/** JSON text of an error as the API's own routes answer it. */
export function errorText({ code, statusCode, message, path }: ApiError): string {
  return JSON.stringify({ statusCode, code, error: STATUS_CODES[statusCode], message, path })
}

const KNOWN: Readonly<Record<string, readonly [ApiErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['API_ERR_TOO_LARGE', 'The body is too large.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['API_ERR_MEDIA_TYPE', 'The Content-Type must be application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['API_ERR_REQUEST', 'The body has not the length that Content-Length says.'],
  FST_ERR_BAD_URL: ['API_ERR_REQUEST', 'The URL is not well-formed.'],
  FST_ERR_MAX_PARAM_LENGTH: ['API_ERR_REQUEST', 'The URL is too long.'],
}

/** Anything thrown as an error that may be shown: messages of others may repeat what a client sent. */
export function asApiError(error: FastifyError | ApiError): ApiError {
  if (error instanceof ApiError) return error.statusCode === 500 ? internal(error) : error
  const known = KNOWN[error.code]
  if (known !== undefined) return new ApiError(...known, { cause: error })
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500)
    return new ApiError('API_ERR_REQUEST', 'The request could not be read.', { cause: error })
  return internal(error)
}

function internal(cause: unknown): ApiError {
  return new ApiError('API_ERR_INTERNAL', 'Something went wrong here; the log has more.', { cause })
}
