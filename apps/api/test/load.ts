import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface LoadResult {
  /** Whole answers with status 200. */
  readonly answered: number
  /** One line for each request that was sent and got no such answer. */
  readonly failures: readonly string[]
}

/**
 * Keeps `connections` keep-alive connections busy, each with one request after the other, until `stop` is called or the
 * listener is gone. A connection ends when an answer says `Connection: close`; then it connects again.
 */
export function startLoad(
  port: number,
  connections: number,
  body: string,
): { stop(): Promise<LoadResult>; readonly answered: number } {
  const request = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const failures: string[] = []
  let answered = 0
  let stopped = false

  async function work(): Promise<void> {
    while (!stopped) {
      const socket = await connected(port)
      if (socket === undefined) return
      for (let open = true; open && !stopped; ) {
        const answer = await exchange(socket, request)
        if (answer.startsWith('HTTP/1.1 200 ')) answered++
        else failures.push(answer)
        open = !socket.destroyed && !/\r\nconnection: close\r\n/i.test(answer)
      }
      socket.destroy()
    }
  }

  const workers = Array.from({ length: connections }, work)
  return {
    get answered() {
      return answered
    },
    async stop() {
      stopped = true
      await Promise.all(workers)
      return { answered, failures }
    },
  }
}

async function connected(port: number): Promise<Socket | undefined> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  try {
    await once(socket, 'connect')
    // Its end is seen in `exchange`.
    socket.on('error', () => {})
    return socket
  } catch {
    return undefined
  }
}

/** Sends a request and answers the whole response, or what became of it. */
function exchange(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const done = (answer: string) => {
      socket.off('data', onData).off('close', onClose)
      resolve(answer)
    }
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
      if (text.length >= head + 4 + length) done(text)
    }
    const onClose = () => done(`closed after ${text.length} bytes of an answer`)
    socket.on('data', onData).on('close', onClose)
    socket.write(request)
  })
}
