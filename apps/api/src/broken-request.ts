import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError, type ApiErrorCode } from './errors.ts'
import { errorText } from './plugins/app/errors.ts'

const KNOWN: Readonly<Record<string, readonly [ApiErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['API_ERR_HEADERS', 'The headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['API_ERR_TOO_LARGE', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['API_ERR_TIMEOUT', 'The request did not arrive in time.'],
}

/** Answers what Node could not read as a request, and closes the connection; an answer already begun is not followed by another. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const { _httpMessage: answered } = socket as { _httpMessage?: { headersSent: boolean } | null }
  if (!socket.writable || answered?.headersSent) {
    socket.destroy(error)
    return
  }
  const [code, message] = KNOWN[error.code ?? ''] ?? ['API_ERR_REQUEST', 'This is not a well-formed HTTP request.']
  const answer = new ApiError(code, message)
  const body = errorText(answer)
  socket.end(
    `HTTP/1.1 ${answer.statusCode} ${STATUS_CODES[answer.statusCode]}\r\nConnection: close\r\n` +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
