import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { isLoopback } from '../../address.ts'
import { ApiError } from '../../errors.ts'

/** What a caller may do: predictions and model metadata; labels for them; everything. */
export type Scope = 'predict' | 'feedback' | 'admin'

declare module 'fastify' {
  export interface FastifyInstance {
    /** The onRequest hook of a route that only callers with this scope may use. */
    scope: (scope: Scope) => onRequestHookHandler
  }
}

/** With no keys file everything is open on a loopback address, and on any other `admin` and `feedback` are closed. */
export default fp<{ host: string }>(
  async (app, { host }) => {
    const open = isLoopback(host)
    app.decorate('scope', (scope: Scope) => (open || scope === 'predict' ? pass : closed))
  },
  { name: 'scope' },
)

const pass: onRequestHookHandler = (_request, _reply, done) => done()

const closed: onRequestHookHandler = (_request, _reply, done) =>
  done(
    new ApiError(
      'API_ERR_ADMIN_CLOSED',
      'Without a keys file this route is closed on an address that is not loopback.',
    ),
  )
