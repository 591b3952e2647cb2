import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'

/** What a client's own id may be: short, and nothing that a log or a header could be broken with. */
const CLIENT_ID = /^[\w.:/+=-]{1,64}$/

/** The id of a request, in the log and in an error's `x-request-id`: the client's own `x-request-id` when it is fit, else a new one. */
export function requestIds(): (request: Pick<IncomingMessage, 'headers'>) => string {
  const start = randomBytes(6).toString('hex')
  let count = 0
  return ({ headers }) => {
    const given = headers['x-request-id']
    return typeof given === 'string' && CLIENT_ID.test(given) ? given : `${start}-${(++count).toString(36)}`
  }
}

/** A client's own id goes back in the answer. */
export default fp(
  async (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      if (request.headers['x-request-id'] === request.id) reply.header('x-request-id', request.id)
      done()
    })
  },
  { name: 'request-id' },
)
