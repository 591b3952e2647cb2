import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'

/** Most characters of a path that a line holds. */
const MAX_PATH = 256

/**
 * Writes a line for a request when it is over: whose key, what, from where, how it ended. It is written at every level
 * of the log but `silent`.
 */
export function auditLog(log: FastifyBaseLogger): (request: FastifyRequest, reply: FastifyReply) => void {
  if (log.level === 'silent') return () => {}
  const lines = log.child({ audit: true }, { level: 'info' })
  return (request, reply) => {
    reply.raw.once('close', () => {
      const { id, caller, method, url, ip } = request
      const path = url.split('?', 1)[0]!.slice(0, MAX_PATH)
      // A caller that went away before the answer has no status.
      const status = reply.raw.writableEnded ? reply.statusCode : null
      lines.info({ reqId: id, key: caller || null, method, path, remoteAddress: ip, status }, 'an admin call')
    })
  }
}
