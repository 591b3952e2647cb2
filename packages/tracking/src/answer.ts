import { TrackingError } from './errors.ts'
import type { Incoming } from './transport.ts'

const MAX_JSON_BYTES = 1 << 26
const MAX_ERROR_BYTES = 1 << 16
const MAX_REASON = 300

/** Where a request went, for messages: `POST http://host:5000/api/2.0/mlflow/runs/create`. */
export interface Target {
  method: string
  url: string
}

/** Reads the JSON object that a 2xx answer holds; an empty body is an empty object, any other type an error. */
export async function readReply(response: Incoming, target: Target): Promise<object> {
  const text = await readText(response, MAX_JSON_BYTES, target)
  if (text === '') return {}
  const value = parse(text)
  if (value) return value
  const type = response.headers['content-type'] ?? 'no content type'
  throw new TrackingError(
    'TRACKING_ERR_HTTP',
    `${show(target)} answered ${response.status} with ${type} where a JSON object was expected: is this an MLflow server?`,
    { status: response.status },
  )
}

/**
 * Turns an answer other than 2xx into an error. MLflow errs in JSON with error_code, in JSON with detail, in text or HTML,
 * and with nothing at all. 502, 503 and 504 mean unreachable, but for a 503 that names a disabled endpoint.
 */
export async function readFailure(response: Incoming, target: Target): Promise<TrackingError> {
  const text = await readText(response, MAX_ERROR_BYTES, target).catch(() => '')
  const json = parse(text) as { error_code?: unknown; message?: unknown; detail?: unknown } | undefined
  const errorCode = typeof json?.error_code === 'string' ? json.error_code : undefined
  const reason = json ? (json.message ?? json.detail ?? '') : text.replace(/<[^>]*>/g, ' ')
  const said = sentence(typeof reason === 'string' ? reason : JSON.stringify(reason, withDigits))
  const details = { status: response.status, errorCode }
  const head = `${show(target)} answered ${response.status}${errorCode ? ` ${errorCode}` : ''}`
  if (isDown(response.status, text)) {
    return new TrackingError('TRACKING_ERR_UNREACHABLE', `${head}${said && `: ${said}`}`, details)
  }
  const advice = adviceFor(response.status, text)
  return new TrackingError('TRACKING_ERR_HTTP', `${head}${said && `: ${said}`}${advice}`, details)
}

/** Checks a field of a server's reply. */
export function text(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new TrackingError('TRACKING_ERR_HTTP', `The server's answer lacks the ${what}: is this an MLflow server?`)
}

/** A list in a server's reply, also where the server left it out. */
export function list<T>(value: readonly T[] | undefined): readonly T[] {
  if (!Array.isArray(value)) return []
  if (!value.includes(null)) return value
  throw new TrackingError('TRACKING_ERR_HTTP', "The server's answer has null in a list: is this an MLflow server?")
}

/** For `catch`: turns an expected error into undefined and throws any other again. */
export function unless(expected: (error: TrackingError) => boolean) {
  return (error: unknown): undefined => {
    if (error instanceof TrackingError && expected(error)) return undefined
    throw error
  }
}

export function isMissing(error: TrackingError) {
  return error.status === 404 && error.errorCode === 'RESOURCE_DOES_NOT_EXIST'
}

/** Whether the server, or what stands before it, could not take the request now but may later. */
export function isAway(error: unknown): error is TrackingError {
  return (
    error instanceof TrackingError &&
    (error.code === 'TRACKING_ERR_UNREACHABLE' || error.status === 408 || error.status === 429)
  )
}

/** Whether MLflow itself refused a request that it would refuse again: not for credentials, not for haste. */
export function isRefusal(error: unknown): error is TrackingError {
  if (!(error instanceof TrackingError) || error.code !== 'TRACKING_ERR_HTTP') return false
  const { status = 0, errorCode } = error
  return errorCode !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status)
}

/** Whether a status says that the server, or what stands before it, is not there now. */
function isDown(status: number, text: string) {
  return status === 502 || status === 504 || (status === 503 && !/disabled/i.test(text))
}

function adviceFor(status: number, text: string) {
  if (status === 403 && /invalid host header/i.test(text)) {
    return ' (start the server with --allowed-hosts and this name, such as --allowed-hosts mlflow,mlflow:*)'
  }
  if (status === 401) return ' (set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN)'
  if (status === 503 && /disabled/i.test(text)) return ' (start the server with --serve-artifacts)'
  return ''
}

/** All of an answer. Throws TRACKING_ERR_TOO_LARGE over `limit` bytes. */
export function readText({ body }: Incoming, limit: number, target: Target): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      chunks.push(chunk)
      if (bytes <= limit) return
      reject(new TrackingError('TRACKING_ERR_TOO_LARGE', `${show(target)} answered more than ${limit} bytes`))
      body.destroy()
    })
    body.on('end', () => resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8')))
    body.on('error', reject)
  })
}

/** Waits for the end of an answer whose body tells nothing. */
export function drain({ body }: Incoming): Promise<void> {
  return new Promise((resolve, reject) => {
    body.on('end', () => resolve())
    body.on('error', reject)
    body.resume()
  })
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = /\d{16}/.test(text) ? JSON.parse(text, exactly) : JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whole numbers that a double cannot hold, as bigint. */
function exactly(_: string, value: unknown, { source = '' }: { source?: string } = {}) {
  const inexact = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
  return inexact ? BigInt(source) : value
}

/** JSON has no bigint. */
function withDigits(_: string, value: unknown) {
  return typeof value === 'bigint' ? String(value) : value
}

function sentence(text: string) {
  const plain = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return (plain.length > MAX_REASON ? `${plain.slice(0, MAX_REASON)}…` : plain).replace(/\.$/, '')
}

/** The query is left out: it may be long, and holds names. */
function show({ method, url }: Target) {
  return `${method} ${url.split('?')[0]}`
}
