import { createReadStream } from 'node:fs'
import type { Target } from './answer.ts'
import { openFile, readSmall } from './disk.ts'
import { nodeFiles } from './files.ts'
import type { Outgoing } from './transport.ts'

/** One request, with at most one of three bodies. */
export interface Request extends Target {
  /** What follows the server's host in `url`. */
  path: string
  repeatable: boolean
  json?: string
  bytes?: Uint8Array
  /** Path of a file to send. */
  file?: string
}

/** Fills the `{names}` of a path from a request; `rest` is what is left of it. */
export function fillPath(path: string, request: object): { path: string; rest: object } {
  if (!path.includes('{')) return { path, rest: request }
  const rest: Record<string, unknown> = { ...request }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(String(rest[name]))
    delete rest[name]
    return value
  })
  return { path: filled, rest }
}

/** `?` and the fields of a request, a list as one of each; empty without any. */
export function queryOf(request: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request)) {
    if (value !== undefined) for (const one of [value].flat()) query.append(name, String(one))
  }
  return query.size > 0 ? `?${query}` : ''
}

/** A bigint goes as text, which MLflow takes for a number. A replacer is called for every value, so only where one is needed. */
export function toJson(request: object): string {
  try {
    return JSON.stringify(request)
  } catch {
    return JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  }
}

/** What goes over the wire in one try; a file is read anew each time and its length is told, since older servers store nothing of a chunked body. */
export function sendable(
  { method, json, bytes, file }: Request,
  shared: Readonly<Record<string, string>>,
  touch: () => void,
): Outgoing {
  const withBody = (type: string, length: number, body: Outgoing['body']) => ({
    method,
    headers: { ...shared, 'content-type': type, 'content-length': String(length) },
    body,
  })
  if (json !== undefined) return withBody('application/json', Buffer.byteLength(json), json)
  if (bytes === undefined && file === undefined) return { method, headers: shared }
  const type = 'application/octet-stream'
  const small = bytes ?? readSmall(file!)
  if (small) return withBody(type, small.length, small)
  const fd = openFile(file!)
  const size = nodeFiles.size(fd)
  const stream = createReadStream(file!, { fd, end: size - 1 })
  stream.on('data', touch).pause()
  return withBody(type, size, stream)
}
