import { TrackingError } from './errors.ts'
import type { ServerOptions } from './types.ts'

/**
 * Takes a server's address apart: `location` is the address without credentials and without a slash at its end, `credentials`
 * what stood before its host. Throws TRACKING_ERR_OPTION when it is not one of a server.
 */
export function readAddress(uri: string) {
  const wrong = (cause?: unknown) =>
    new TrackingError(
      'TRACKING_ERR_OPTION',
      `A tracking address is http://HOST:PORT or https://HOST, not ${JSON.stringify(uri.replace(/\/\/.*@/, '//…@'))}`,
      {
        cause,
      },
    )
  if (!URL.canParse(uri)) throw wrong()
  const url = new URL(uri)
  if (!['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') throw wrong()
  const location = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  if (url.username === '' && url.password === '') return { location, credentials: undefined }
  try {
    const credentials = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
    return { location, credentials }
  } catch (cause) {
    throw wrong(cause)
  }
}

/** The header `authorization`; undefined without credentials. Throws TRACKING_ERR_OPTION for a token that no header can hold. */
export function authorize(auth: ServerOptions['auth']) {
  if (!auth) return undefined
  if ('token' in auth) {
    if (/^[\x21-\x7e]+$/.test(auth.token)) return `Bearer ${auth.token}`
    throw new TrackingError(
      'TRACKING_ERR_OPTION',
      'The tracking token must be printable ASCII with no blank or line end',
    )
  }
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
}
