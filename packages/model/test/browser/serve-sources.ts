import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOM = fileURLToPath(new URL('../../', import.meta.url))

/** Headers of a page that may share memory between threads. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

/**
 * Serves this package's modules to a browser on a free loopback port, their types stripped as Node strips them, and two empty
 * pages: /isolated, which has SharedArrayBuffer, and /plain, which has not.
 */
export async function serveSources(): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer(async ({ url = '/' }, response) => {
    const path = normalize(new URL(url, 'http://localhost').pathname)
    if (path === '/isolated' || path === '/plain') {
      response.writeHead(200, { 'content-type': 'text/html', ...(path === '/isolated' ? ISOLATED : {}) })
      response.end('<!doctype html><title>Copse</title>')
      return
    }
    try {
      if (!path.endsWith('.ts')) throw new Error(`No module ${path}.`)
      const text = stripTypeScriptTypes(await readFile(join(ROOM, path), 'utf8'))
      response.writeHead(200, { 'content-type': 'text/javascript', 'cross-origin-resource-policy': 'same-origin' })
      response.end(text)
    } catch (error) {
      response.writeHead(404, { 'content-type': 'text/plain' })
      response.end(String(error))
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { origin: `http://127.0.0.1:${portOf(server)}`, close: () => closed(server) }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((done) => server.close(() => done()))
}
