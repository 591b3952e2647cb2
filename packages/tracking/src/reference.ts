import { fileURLToPath } from 'node:url'
import { TrackingError } from './errors.ts'

export type ModelReference =
  | { kind: 'alias'; name: string; alias: string }
  | { kind: 'version'; name: string; version: string }
  | { kind: 'file'; path: string }

/**
 * Reads `models:/name@alias`, `models:/name/3` or `file:path` (as written, relative to the working directory; `file://…`
 * is a URL and is decoded). Anything else throws TRACKING_ERR_REFERENCE.
 */
export function parseModelReference(text: string): ModelReference {
  if (text.startsWith('file:')) return { kind: 'file', path: filePath(text) }
  const match = /^models:\/([^/:]+)(?:@([\p{L}\p{N}_-]+)|\/([1-9]\d{0,14}))$/u.exec(text)
  if (!match) throw bad(text)
  const [, name, alias, version] = match
  return alias === undefined
    ? { kind: 'version', name: name!, version: version! }
    : { kind: 'alias', name: name!, alias }
}

function filePath(text: string) {
  const path = text.slice('file:'.length)
  if (path === '' || path.includes('\0')) throw bad(text)
  if (!path.startsWith('//')) return path
  try {
    return fileURLToPath(text)
  } catch (cause) {
    throw bad(text, cause)
  }
}

function bad(text: string, cause?: unknown) {
  return new TrackingError(
    'TRACKING_ERR_REFERENCE',
    `A model reference is models:/NAME@ALIAS, models:/NAME/VERSION or file:DIRECTORY, not ${JSON.stringify(text)}`,
    { cause },
  )
}
