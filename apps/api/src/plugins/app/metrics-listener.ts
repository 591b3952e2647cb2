import type { Server } from 'node:http'
import fp from 'fastify-plugin'
import { metricsServer } from '../../metrics-server.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    /** Present when `/metrics` has a port of its own; not listening yet. */
    metricsListener?: Server
  }
}

/** A server of its own for `GET /metrics`; ends with the app. */
export default fp(
  async (app) => {
    const server = metricsServer(() => app.scrape(), app.metrics.client.register.contentType)
    app.decorate('metricsListener', server)
    app.addHook('onClose', async () => {
      server.close()
      server.closeAllConnections()
    })
  },
  { name: 'metrics-listener', dependencies: ['metrics'] },
)
