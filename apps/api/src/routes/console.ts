import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ConsoleFile, readConsole } from '../console/files.ts'
import { ApiError } from '../errors.ts'

/** The page loads scripts and styles of its own files only, and talks to this service only; nothing is made from text but by lit. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** `GET /`, the page for people, and `GET /assets/NAME`, what it loads. */
export default async function consoleRoutes(app: FastifyInstance, { directory }: { directory: string }): Promise<void> {
  const { index, assets } = await readConsole(directory)

  app.get('/', (request, reply) => send(request, reply, index, 'no-cache'))

  app.get('/assets/:name', (request, reply) => {
    const file = assets.get((request.params as { name: string }).name)
    if (file === undefined) throw new ApiError('API_ERR_NOT_FOUND', 'The page has no such file.')
    return send(request, reply, file, 'public, max-age=31536000, immutable')
  })
}

function send(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile, cache: string): FastifyReply {
  const { 'if-none-match': known, 'accept-encoding': encodings = '' } = request.headers
  reply.headers(HEADERS).headers({ 'cache-control': cache, etag: file.etag, vary: 'accept-encoding' })
  if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag)) return reply.code(304).send()
  reply.header('content-type', file.type)
  if (!takesGzip(String(encodings))) return reply.send(file.plain)
  return reply.header('content-encoding', 'gzip').send(file.gzipped)
}

function takesGzip(encodings: string): boolean {
  return encodings.split(',').some((one) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(one))
}
