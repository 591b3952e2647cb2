import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApiError } from './errors.ts'

/**
 * Listens and answers the port.
 * @throws ApiError API_ERR_LISTEN saying what is wrong with the address
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen({ host, port, backlog: 511 })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    throw new ApiError(
      'API_ERR_LISTEN',
      `${REASONS[code]?.(host, port) ?? `${host} port ${port} cannot be listened on (${code})`}.`,
      {
        cause,
      },
    )
  }
}

const REASONS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) => `Port ${port} of ${host} is taken; another is chosen with COPSE_PORT (--port)`,
  EACCES: (host, port) => `Port ${port} of ${host} may not be used by this user; one from 1024 on may`,
  EADDRNOTAVAIL: (host) => `${host} is not an address of this machine; COPSE_HOST (--host) must be one`,
  ENOTFOUND: (host) => `The host name ${host} is not known; COPSE_HOST (--host) must be an address of this machine`,
}
