import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  export interface FastifyInstance {
    lifecycle: ReturnType<typeof createLifecycle>
  }
}

/** Between the listener's end and that of idle connections: time for what is on its way to arrive. */
const IDLE_MS = 1000
/** Between the listener's end and that of every connection. */
const GRACE_MS = 10_000
const CHECK_MS = 50

/** Whether the service is on its way out, and how it goes without losing a request. */
export default fp(
  async (app) => {
    app.decorate('lifecycle', createLifecycle(app))
  },
  { name: 'lifecycle' },
)

function createLifecycle(app: FastifyInstance) {
  const sockets = new Set<Socket>()
  app.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  return {
    /** Alive, but not to be sent anything new. */
    draining: false,

    /**
     * Not ready from now on; after `delayMs` closes the listener, and returns when every connection has ended.
     *
     * `server.close()` would also close idle keep-alive connections, and reset the request that arrives at that
     * instant. So only the listener is closed; each connection ends with its next answer, which says `Connection:
     * close`, and the idle ones a second later. `Connection: close` before the listener is closed would make clients
     * connect again, into an accept queue that is reset when it closes: of several processes behind one port, each has to
     * close its listener before any says so, and `allClosed` waits for that.
     */
    async drain(delayMs: number, allClosed?: () => Promise<void>): Promise<void> {
      this.draining = true
      await sleep(delayMs)
      const { server } = app
      if (!server.listening) return
      const closed = once(server, 'close')
      Server.prototype.close.call(server)
      if (allClosed !== undefined) await allClosed()
      server.prependListener('request', (_request, response) => {
        response.shouldKeepAlive = false
      })
      for (const socket of sockets) closeAfterAnswer(socket)
      const start = performance.now()
      const timer = setInterval(() => {
        const elapsed = performance.now() - start
        if (elapsed < IDLE_MS) return
        server.closeIdleConnections()
        // Node counts a connection that never sent anything as busy.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
        if (elapsed > GRACE_MS) server.closeAllConnections()
      }, CHECK_MS)
      await closed
      clearInterval(timer)
    },
  }
}

/** An answer that is under way ends its connection too. */
function closeAfterAnswer(socket: Socket): void {
  const { _httpMessage: response } = socket as { _httpMessage?: ServerResponse | null }
  if (response) response.shouldKeepAlive = false
}
