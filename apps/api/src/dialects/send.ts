import type { FastifyReply } from 'fastify'

export const JSON_TYPE = 'application/json; charset=utf-8'

/** Sends what was predicted, under the id that the client is told; not by `reply.send`, which looks at type and length again. */
export function sendPrediction(reply: FastifyReply, type: string, id: string, body: string | Buffer): void {
  const { raw } = reply
  // What hooks said before is told too.
  const headers = reply.getHeaders()
  headers['content-type'] = type
  headers['x-prediction-id'] = id
  headers['content-length'] = Buffer.byteLength(body)
  reply.hijack()
  raw.writeHead(200, headers as Record<string, string>)
  raw.end(body)
}
