import { hash } from 'node:crypto'
import { TrackingError } from './errors.ts'

const MAX_SEGMENT = 250
const MAX_PATH = 1000

/**
 * Checks a path of an artifact: segments of printable ASCII joined by `/`, none empty, `.` or `..`, none with `\`, `#`
 * or an escape such as `%2F` (which servers refuse or decode twice). Returns the segments.
 */
export function checkArtifactPath(path: string): string[] {
  const segments = typeof path === 'string' ? path.split('/') : []
  const right =
    segments.length > 0 && path.length <= MAX_PATH && segments.every(isPlain) && !/^[A-Za-z]:|%[0-9a-f]{2}/i.test(path)
  if (right && segments.every((segment) => /^[ !"$-[\]-~]+$/.test(segment))) return segments
  throw new TrackingError(
    'TRACKING_ERR_PATH',
    `The artifact path ${JSON.stringify(path)} must be relative, of printable ASCII without \\, # or %XX, with no empty, . or .. part`,
  )
}

/** Checks one name that a server lists in a directory, before it becomes a path on this machine. */
export function checkListedName(name: unknown): string {
  if (typeof name === 'string' && isPlain(name) && !/[/\\:]|[\p{Cc}\p{Cs}]/u.test(name)) return name
  throw new TrackingError(
    'TRACKING_ERR_PATH',
    `The server lists a file named ${JSON.stringify(name)}, which is not a plain name`,
  )
}

/** Turns any text into one safe name of a file or directory, at most 150 bytes; different texts give different names. */
export function toSegment(text: string): string {
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
    .replace(/[*'()!~]/g, percent)
    .replace(/^\.|\.$/g, percent)
  if (encoded.length > 150) return `${encoded.slice(0, 100)}-${hash('sha256', text).slice(0, 32)}`
  return encoded === '' ? '%' : encoded
}

function isPlain(segment: string) {
  return segment !== '' && segment !== '.' && segment !== '..' && segment.length <= MAX_SEGMENT
}
