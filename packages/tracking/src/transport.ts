import { Agent, request } from 'node:https'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createSecureContext } from 'node:tls'
import { TrackingError } from './errors.ts'
import type { TlsOptions } from './types.ts'

export type OutgoingBody = string | Uint8Array | ReadableStream

export interface Outgoing {
  method: string
  headers: Record<string, string>
  body?: OutgoingBody
  signal: AbortSignal
}

/** Sends one request. A redirect is an error: it would take credentials and files to an address that nobody named. */
export type Transport = (url: string, outgoing: Outgoing) => Promise<Response>

/** Node's fetch; with options for TLS, which fetch does not take, Node's https. */
export function makeTransport(tls: TlsOptions | undefined): Transport {
  if (tls === undefined) {
    return (url, { body, ...outgoing }) =>
      fetch(url, { ...outgoing, redirect: 'error', ...(body !== undefined && { body, duplex: 'half' }) } as RequestInit)
  }
  const agent = makeAgent(tls)
  return (url, { body, ...outgoing }) =>
    new Promise((resolve, reject) => {
      if (!url.startsWith('https:')) {
        reject(new TrackingError('TRACKING_ERR_OPTION', 'Options for TLS need an address that begins with https:'))
        return
      }
      const sending = request(url, { ...outgoing, agent }, (incoming) => {
        const status = incoming.statusCode ?? 0
        if (status >= 300 && status < 400) {
          incoming.destroy()
          reject(new Error('unexpected redirect'))
          return
        }
        const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
          (values ?? []).map((value): [string, string] => [name, value]),
        )
        const bare = status === 204 || outgoing.method === 'HEAD'
        resolve(
          new Response(bare ? null : (Readable.toWeb(incoming) as ConstructorParameters<typeof Response>[0]), {
            status,
            headers,
          }),
        )
      })
      sending.on('error', reject)
      if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) sending.end(body)
      else Readable.fromWeb(body).on('error', reject).pipe(sending)
    })
}

function makeAgent({ ca, cert, key, insecure = false }: TlsOptions): Agent {
  const context = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert, key: key ?? cert }),
  }
  try {
    createSecureContext(context)
    return new Agent({ keepAlive: true, rejectUnauthorized: !insecure, ...context })
  } catch (cause) {
    throw new TrackingError('TRACKING_ERR_OPTION', 'The certificates for TLS cannot be used', { cause })
  }
}
