import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  method: string
  /** Below `/api/2.0/mlflow/` where that is the start of it, with the query. */
  path: string
  headers: IncomingMessage['headers']
  body: Buffer
  json: Record<string, unknown>
}

export type Reply =
  | object
  | { status?: number; type?: string; text?: string; headers?: Record<string, string> }
  | ((response: ServerResponse, received: Received) => void)
  | undefined

interface Teardown {
  teardown(close: () => Promise<void>): unknown
}

/**
 * A server on a free loopback port. `answer` gives an object to send as JSON, `{ status, type, text }` for any other answer, a
 * function for what no honest server does, or undefined for MLflow's 404.
 */
export async function fakeServer(t: Teardown, answer: (received: Received, count: number) => Reply) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const path = request.url!.replace('/api/2.0/mlflow/', '')
    const got = { method: request.method!, path, headers: request.headers, body, json: parse(body) }
    received.push(got)
    send(response, answer(got, received.length), got)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

function send(response: ServerResponse, reply: Reply, received: Received) {
  if (typeof reply === 'function') return reply(response, received)
  if (reply === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' })
    return response.end('{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No such thing."}')
  }
  if (!('text' in reply) && !('status' in reply)) return response.end(JSON.stringify(reply))
  const {
    status = 200,
    type = 'application/json',
    text = '',
    headers,
  } = reply as {
    status?: number
    type?: string
    text?: string
    headers?: Record<string, string>
  }
  response.writeHead(status, { 'content-type': type, ...headers })
  return response.end(text)
}

function parse(body: Buffer) {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}
