import { createServer, type Server } from 'node:http'
import { ApiError } from './errors.ts'
import { errorText } from './plugins/app/errors.ts'

/** A server of its own for `GET /metrics`; not listening yet. */
export function metricsServer(scrape: () => Promise<string>, contentType: string): Server {
  return createServer(async (request, response) => {
    const known = request.url?.split('?', 1)[0] === '/metrics'
    if (known && request.method === 'GET') {
      const text = await scrape()
      response.writeHead(200, { 'content-type': contentType }).end(text)
      return
    }
    const error = known
      ? new ApiError('API_ERR_METHOD', 'This route takes GET only.')
      : new ApiError('API_ERR_NOT_FOUND', 'This port has /metrics only.')
    response.writeHead(error.statusCode, { 'content-type': 'application/json; charset=utf-8' }).end(errorText(error))
  })
}
