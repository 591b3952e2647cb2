import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './errors.ts'

type Take = (request: FastifyRequest, reply: FastifyReply, body: Buffer) => void

const NONE: Buffer = Buffer.alloc(0)

/**
 * Reads a body of at most `limit` bytes and hands it over; refuses a longer one as soon as that is known, and drops what
 * still comes of it. Of a client that goes away nothing is told.
 */
export function readBody(request: FastifyRequest, reply: FastifyReply, limit: number, take: Take): void {
  const { raw } = request
  const { 'content-length': length } = raw.headers
  if (length !== undefined && Number(length) > limit) {
    reply.send(tooLarge(limit))
    return
  }
  let body = NONE
  let parts: Buffer[] | undefined
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limit) {
      if (bytes - chunk.length <= limit) reply.send(tooLarge(limit))
      parts = undefined
    } else if (bytes === chunk.length) {
      body = chunk
    } else {
      parts ??= [body]
      parts.push(chunk)
    }
  })
  raw.on('end', () => {
    if (bytes <= limit) take(request, reply, parts === undefined ? body : Buffer.concat(parts, bytes))
  })
}

export function tooLarge(limit: number): ApiError {
  return new ApiError('API_ERR_TOO_LARGE', `The body must be at most ${limit} bytes.`)
}
