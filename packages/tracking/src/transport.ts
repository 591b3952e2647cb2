import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent, request as secureRequest } from 'node:https'
import { pipeline, Readable } from 'node:stream'
import { createSecureContext } from 'node:tls'
import { urlToHttpOptions } from 'node:url'
import { TrackingError } from './errors.ts'
import type { TlsOptions } from './types.ts'

export type OutgoingBody = string | Uint8Array | Readable

/** A body goes with its `content-length`. */
export interface Outgoing {
  method: string
  headers: Record<string, string>
  body?: OutgoingBody | undefined
}

/** An answer whose body is still to be read, or destroyed. */
export interface Incoming {
  status: number
  headers: IncomingHttpHeaders
  body: Readable
}

/** A request under way. */
export interface Sending {
  answer: Promise<Incoming>
  /** Ends it, and the reading of its answer, with this error. */
  cancel(reason: Error): void
}

/**
 * Sends a request to a path of the one server it was made for. A redirect is an error: it would take credentials and files
 * to an address that nobody named.
 */
export type Transport = (path: string, outgoing: Outgoing) => Sending

/**
 * Milliseconds that a connection is kept for the next request. MLflow's server closes after 5 seconds, and a request that
 * meets the closing fails without having been seen.
 */
const IDLE = 4000

/**
 * Node's own http or https with connections that are kept, and the address taken apart once. A request costs a quarter of
 * what it costs with fetch and its web streams. Throws TRACKING_ERR_OPTION for certificates that cannot be used, and for
 * options for TLS with an address without it.
 */
export function makeTransport(location: string, tls: TlsOptions | undefined): Transport {
  const { protocol, hostname, port } = urlToHttpOptions(new URL(location))
  const isSecure = protocol === 'https:'
  if (tls !== undefined && !isSecure) {
    throw new TrackingError('TRACKING_ERR_OPTION', 'Options for TLS need an address that begins with https:')
  }
  const request = isSecure ? secureRequest : plainRequest
  const agent = isSecure ? makeAgent(tls) : new PlainAgent({ keepAlive: true, timeout: IDLE })
  return (path, { method, headers, body }) => {
    let sending: ClientRequest | undefined
    let answer: IncomingMessage | undefined
    const answered = new Promise<Incoming>((resolve, reject) => {
      sending = request({ protocol, hostname, port, path, method, headers, agent }, (incoming) => {
        answer = incoming
        const status = incoming.statusCode ?? 0
        if (status < 300 || status >= 400) return resolve({ status, headers: incoming.headers, body: incoming })
        incoming.destroy()
        return reject(new Error('unexpected redirect'))
      })
      sending.on('error', reject)
      if (body instanceof Readable) pipeline(body, sending, (error) => error && reject(error))
      else sending.end(body)
    })
    const cancel = (reason: Error) => {
      answer?.destroy(reason)
      sending?.destroy(reason)
    }
    return { answer: answered, cancel }
  }
}

function makeAgent({ ca, cert, key, insecure = false }: TlsOptions = {}): Agent {
  const context = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert, key: key ?? cert }),
  }
  try {
    if (Object.keys(context).length > 0) createSecureContext(context)
    return new Agent({ keepAlive: true, timeout: IDLE, rejectUnauthorized: !insecure, ...context })
  } catch (cause) {
    throw new TrackingError('TRACKING_ERR_OPTION', 'The certificates for TLS cannot be used', { cause })
  }
}
