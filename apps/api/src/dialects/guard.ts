import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { ApiError } from '../errors.ts'
import type { ServedModel } from '../model/served.ts'
import { tooLarge } from './json.ts'
import { bodyLimit } from './limit.ts'

/** An onRequest hook that refuses bodies by their Content-Length before anything of them is read. */
export function lengthGuard(modelOf: (request: FastifyRequest) => ServedModel | undefined): onRequestHookHandler {
  return (request, _reply, done) => {
    const { 'content-length': length } = request.headers
    if (length === undefined) done()
    else {
      const limit = bodyLimit(modelOf(request))
      if (Number(length) > limit) done(tooLarge(limit))
      else done()
    }
  }
}

/** An onRequest hook that refuses compressed bodies. */
export const plainGuard: onRequestHookHandler = (request, _reply, done) => {
  const { 'content-encoding': encoding } = request.headers
  if (encoding === undefined || encoding.toLowerCase() === 'identity') done()
  else done(new ApiError('API_ERR_CONTENT_ENCODING', 'The body must not have a Content-Encoding.'))
}
