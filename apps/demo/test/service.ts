import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { iris, type Signature } from '@copse/dataset'
import { isObject } from '../src/json.ts'
import { Report } from '../src/report.ts'

/** What a fake service answers: a status and JSON, or text that is not JSON. */
export interface Reply {
  readonly status: number
  readonly json?: unknown
  readonly text?: string
}

export interface Request {
  readonly method: string
  readonly path: string
  readonly key: string | undefined
  readonly body: unknown
}

/** Answers a request; undefined leaves it to the sound service. */
export type Twist = (request: Request) => Reply | undefined

/** A service on a free port that answers as the contracts say, but for a twist; closed when the test ends. */
export async function serve(
  t: { after(close: () => Promise<unknown>): unknown },
  { signature = iris().signature, twist }: { signature?: Signature; twist?: Twist } = {},
): Promise<URL> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method = '', url = '', headers } = incoming
    const text = Buffer.concat(chunks).toString()
    const request = { method, path: url, key: headers.authorization, body: text === '' ? undefined : JSON.parse(text) }
    const reply = twist?.(request) ?? answer(request, signature)
    outgoing.statusCode = reply.status
    outgoing.setHeader('content-type', reply.text === undefined ? 'application/json; charset=utf-8' : 'text/html')
    outgoing.end(reply.text ?? JSON.stringify(reply.json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

/** The address of a service that is gone. */
export async function gone(): Promise<URL> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return new URL(`http://127.0.0.1:${port}/`)
}

/** A report whose text can be read. */
export function listen(): { report: Report; text: () => string } {
  const written: string[] = []
  return { report: new Report({ write: (text) => written.push(text) }), text: () => written.join('') }
}

/** A refusal in the service's own dialect. */
export function refusal(status: number, code = 'API_ERR_VALUE'): Reply {
  const message = 'A value must be a number.'
  return { status, json: { statusCode: status, code, error: 'Bad Request', message, path: '/features/0' } }
}

function answer({ method, path, body }: Request, signature: Signature): Reply {
  if (method === 'GET' && path === '/health') {
    return { status: 200, json: { status: 'ok', model: { name: 'iris', version: '3' } } }
  }
  if (method === 'GET' && path === '/model/info') {
    const json = {
      name: 'iris',
      version: '3',
      sha256: 'ab'.repeat(32),
      run_id: 'run-7',
      loaded_at: '2026-11-01T00:00:00.000Z',
      signature,
      parameters: { nEstimators: 100, maxDepth: null, classWeight: { a: 2 } },
      training: { rows: 120, score: 0.95 },
      trees: 100,
      metrics: { accuracy: 0.9666 },
    }
    return { status: 200, json }
  }
  if (method === 'POST' && path === '/predict') return predict(isObject(body) ? body.features : undefined, signature)
  return { status: 404, json: { statusCode: 404, code: 'API_ERR_NOT_FOUND', error: 'Not Found', message: 'No route.' } }
}

function predict(row: unknown, { features, target }: Signature): Reply {
  const values = isObject(row) ? features.map(({ name }) => row[name]) : Array.isArray(row) ? row : []
  const given = isObject(row) ? Object.keys(row).length : values.length
  if (given !== features.length || values.some((value) => typeof value === 'boolean')) return refusal(400)
  if (target.type === 'number') return { status: 200, json: { prediction: { value: 4123.5 } } }
  const probabilities = Object.fromEntries(target.classes.map((name, index) => [name, index === 0 ? 0.75 : 0]))
  probabilities[target.classes[1]] = 0.25
  const prediction = { class_id: 0, class_name: target.classes[0], confidence: 0.75 }
  return { status: 200, json: { prediction, probabilities } }
}
