import { createServer, type Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ApiError } from './errors.ts'
import { errorText } from './plugins/app/errors.ts'

/** A server of its own for `GET /metrics` of `app`; ends with it. */
export function metricsListener(app: FastifyInstance): Server {
  const { register } = app.metrics.client
  const server = createServer(async (request, response) => {
    const known = request.url?.split('?', 1)[0] === '/metrics'
    if (!known || request.method !== 'GET') {
      const error = known
        ? new ApiError('API_ERR_METHOD', 'This route takes GET only.')
        : new ApiError('API_ERR_NOT_FOUND', 'This port has /metrics only.')
      response.writeHead(error.statusCode, { 'content-type': 'application/json; charset=utf-8' }).end(errorText(error))
      return
    }
    response.writeHead(200, { 'content-type': register.contentType }).end(await register.metrics())
  })
  app.addHook('onClose', async () => {
    server.close()
    server.closeAllConnections()
  })
  return server
}
