import { isUtf8 } from 'node:buffer'
import { tooLarge } from '../body.ts'
import { ApiError } from '../errors.ts'

/**
 * The value of a body of JSON.
 * @throws ApiError API_ERR_JSON or API_ERR_TOO_LARGE
 */
export function parseJson(body: unknown, limit: number): unknown {
  const text = bodyText(body, limit, 'JSON')
  try {
    return JSON.parse(text)
  } catch {
    throw notJson()
  }
}

/**
 * The text of a body that must be UTF-8.
 * @throws ApiError API_ERR_JSON or API_ERR_TOO_LARGE
 */
export function bodyText(body: unknown, limit: number, format: string): string {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw new ApiError('API_ERR_JSON', `The body is empty; it must be ${format}.`, { path: '' })
  if (body.length > limit) throw tooLarge(limit)
  if (!isUtf8(body)) throw new ApiError('API_ERR_JSON', 'The body is not UTF-8.', { path: '' })
  return body.toString()
}

/** Without the cause, which would carry a piece of the body. */
export function notJson(): ApiError {
  return new ApiError('API_ERR_JSON', 'The body is not JSON; note that JSON has no NaN and no Infinity.', { path: '' })
}

/** Whether a parsed value is an object of keys. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
