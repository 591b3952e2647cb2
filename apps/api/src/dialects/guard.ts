import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { ApiError } from '../errors.ts'

/** Refuses compressed bodies. */
export function checkPlain({ raw: { headers } }: FastifyRequest): ApiError | undefined {
  const { 'content-encoding': encoding } = headers
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return undefined
  return new ApiError('API_ERR_CONTENT_ENCODING', 'The body must not have a Content-Encoding.')
}

/** The same as a hook. */
export const plainGuard: onRequestHookHandler = (request, _reply, done) => done(checkPlain(request))

/** Refuses bodies that are said to be something else than JSON. */
export function checkJson({ raw: { headers } }: FastifyRequest): ApiError | undefined {
  const { 'content-type': type } = headers
  if (type === 'application/json' || (type !== undefined && /^application\/json[\t ]*(;|$)/i.test(type)))
    return undefined
  return new ApiError('API_ERR_MEDIA_TYPE', 'The Content-Type must be application/json.')
}
