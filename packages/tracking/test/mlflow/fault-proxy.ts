import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ProxyFault = 'none' | 'cut before' | 'cut after' | 'late' | 429 | 503

/**
 * Stands between a client and a server: passes a request on, cuts the connection before or after the server got it, holds the
 * answer back for a second and a half, or answers 429 or 503 itself.
 */
export async function faultProxy(target: string, choose: () => ProxyFault) {
  const { hostname, port } = new URL(target)
  const counts: Record<string, number> = {}
  const proxy = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const fault = choose()
    counts[fault] = (counts[fault] ?? 0) + 1
    if (fault === 'cut before') return incoming.socket.resetAndDestroy()
    if (typeof fault === 'number') {
      outgoing.writeHead(fault, { 'retry-after': '0' })
      return outgoing.end()
    }
    const { host: _, ...headers } = incoming.headers
    const passed = request({ hostname, port, method: incoming.method, path: incoming.url, headers }, async (answer) => {
      const body: Buffer[] = []
      for await (const chunk of answer) body.push(chunk)
      if (fault === 'cut after') return incoming.socket.resetAndDestroy()
      if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, 1500))
      outgoing.writeHead(answer.statusCode!, answer.headers)
      return outgoing.end(Buffer.concat(body))
    })
    passed.on('error', () => incoming.socket.destroy())
    return passed.end(Buffer.concat(chunks))
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    uri: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    counts,
    close: async () => {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}
