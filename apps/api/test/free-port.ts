import { createServer } from 'node:http'
import { listen } from '../src/listen.ts'

/** A port that was free a moment ago, for a program that cannot tell which one it took. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server, '127.0.0.1', 0)
  await new Promise((resolve) => server.close(resolve))
  return port
}
