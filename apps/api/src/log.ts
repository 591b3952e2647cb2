import type { FastifyRequest } from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from './environment.ts'

const SECRET_HEADERS = ['authorization', '["x-api-key"]', 'cookie', '["set-cookie"]']
const SECRETS = ['password', 'token', 'secret']

/** The log of the service: JSON lines, with credentials hidden wherever an object of ours may hold them. */
export function serviceLog(level: LogLevel, destination: DestinationStream): Logger {
  const headers = SECRET_HEADERS.map((name) => (name.startsWith('[') ? `headers${name}` : `headers.${name}`))
  const paths = [...headers, ...SECRETS].flatMap((path) => [path, `*.${path}`, `*.*.${path}`])
  return pino({ level, redact: { paths, censor: '(hidden)' }, serializers: { req: requestLine } }, destination)
}

/** The log on stderr, whole also when the process ends at once. */
export function stderrLog(level: LogLevel): Logger {
  return serviceLog(level, pino.destination({ dest: 2, sync: true }))
}

/** What is logged of a request: no header, and no query, in which clients put keys. */
function requestLine({ method, url, ip }: FastifyRequest) {
  return { method, path: url.split('?', 1)[0], remoteAddress: ip }
}
