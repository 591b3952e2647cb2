import { promisify } from 'node:util'
import { gunzip, inflate, inflateRaw } from 'node:zlib'
import { tooLarge } from '../../body.ts'
import { ApiError } from '../../errors.ts'

const unpack = { gzip: promisify(gunzip), zlib: promisify(inflate), raw: promisify(inflateRaw) }

/** Whether `Content-Encoding` is one that `inflateBody` knows; undefined when there is none. */
export function encodingOf(header: string | undefined): 'gzip' | 'deflate' | undefined {
  const encoding = header?.trim().toLowerCase()
  if (encoding === undefined || encoding === '' || encoding === 'identity') return undefined
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip'
  if (encoding === 'deflate') return 'deflate'
  throw new ApiError('API_ERR_CONTENT_ENCODING', 'The Content-Encoding must be gzip or deflate.')
}

/**
 * A compressed body in its full length, which is at most `limit`; it never takes more memory than that.
 * @throws ApiError API_ERR_TOO_LARGE or API_ERR_BODY
 */
export async function inflateBody(body: Buffer, encoding: 'gzip' | 'deflate', limit: number): Promise<Buffer> {
  // `deflate` is the zlib format, but some clients send what is inside of it alone.
  const format = encoding === 'gzip' ? 'gzip' : isZlib(body) ? 'zlib' : 'raw'
  try {
    return await unpack[format](body, { maxOutputLength: limit })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit)
    throw new ApiError('API_ERR_BODY', `The body is not ${encoding}, as its Content-Encoding says.`, { path: '' })
  }
}

/** RFC 1950: method 8, and the first two bytes a multiple of 31. */
function isZlib(body: Buffer): boolean {
  return body.length >= 2 && (body[0]! & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0
}
