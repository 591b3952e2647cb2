import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { isLoopback } from '../../address.ts'
import { ApiError } from '../../errors.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    /** The onRequest hook of a route that only an admin may call. */
    adminOnly: onRequestHookHandler
  }
}

/** Admin routes are open on a loopback address and closed on any other, as long as there is no keys file. */
export default fp<{ host: string }>(
  async (app, { host }) => {
    app.decorate('adminOnly', isLoopback(host) ? open : closed)
  },
  { name: 'admin' },
)

const open: onRequestHookHandler = (_request, _reply, done) => done()

const closed: onRequestHookHandler = (_request, _reply, done) =>
  done(new ApiError('API_ERR_ADMIN_CLOSED', 'Admin routes are closed on an address that is not loopback.'))
