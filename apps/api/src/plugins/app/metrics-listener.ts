import { createServer, type Server } from 'node:http'
import fp from 'fastify-plugin'
import { ApiError } from '../../errors.ts'
import { errorText } from './errors.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    /** Present when `/metrics` has a port of its own; not listening yet. */
    metricsListener?: Server
  }
}

/** A server of its own for `GET /metrics`; ends with the app. */
export default fp(
  async (app) => {
    const { register } = app.metrics.client
    const server = createServer(async (request, response) => {
      const known = request.url?.split('?', 1)[0] === '/metrics'
      if (known && request.method === 'GET') {
        response.writeHead(200, { 'content-type': register.contentType }).end(await register.metrics())
        return
      }
      const error = known
        ? new ApiError('API_ERR_METHOD', 'This route takes GET only.')
        : new ApiError('API_ERR_NOT_FOUND', 'This port has /metrics only.')
      response.writeHead(error.statusCode, { 'content-type': 'application/json; charset=utf-8' }).end(errorText(error))
    })
    app.decorate('metricsListener', server)
    app.addHook('onClose', async () => {
      server.close()
      server.closeAllConnections()
    })
  },
  { name: 'metrics-listener', dependencies: ['metrics'] },
)
