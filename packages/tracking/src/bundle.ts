import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { checkListedName } from './artifact-path.ts'
import { codeOf, hashFile } from './disk.ts'
import { TrackingError } from './errors.ts'

const SUMS_FILE = 'SHA256SUMS'

/** Tag of a model version: sha256 of the bundle's file SHA256SUMS. */
export const BUNDLE_TAG = 'copse.bundle_sha256'

const MAX_SUMS_BYTES = 1 << 20

/**
 * Checks a bundle's files: SHA256SUMS against `expected` (when given), then each file that it lists. Returns the sha256 of
 * SHA256SUMS, or undefined when the directory has none and none was expected. Throws TRACKING_ERR_CHECKSUM.
 */
export async function verifyBundle(directory: string, expected?: string): Promise<string | undefined> {
  const path = join(directory, SUMS_FILE)
  const size = (await stat(path).catch(() => undefined))?.size
  if (size === undefined && expected === undefined) return undefined
  if (size === undefined)
    throw wrong(`The model in ${directory} has no ${SUMS_FILE} although its version has a checksum`)
  if (size > MAX_SUMS_BYTES) throw wrong(`${path} holds ${size} bytes, over ${MAX_SUMS_BYTES}`)
  const { sha256 } = await hashFile(path)
  if (expected !== undefined && sha256 !== expected) {
    throw wrong(`${path} has the sha256 ${sha256} where the model version says ${expected}`)
  }
  for (const { name, sum } of parseSums(path, await readFile(path, 'utf8'))) {
    const found = await hashFile(join(directory, ...name.split('/'))).catch((cause) => {
      throw wrong(`${path} lists ${name}, which cannot be read (${codeOf(cause)})`, cause)
    })
    if (found.sha256 !== sum) throw wrong(`${join(directory, name)} does not match its sum in ${path}`)
  }
  return sha256
}

/** Reads lines `HEX  NAME`, as sha256sum writes them. */
function parseSums(path: string, text: string) {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line, index) => {
    const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line)
    if (!match) throw wrong(`Line ${index + 1} of ${path} is not a sha256 and a file name`)
    return { sum: match[1]!, name: match[2]!.split('/').map(checkListedName).join('/') }
  })
}

function wrong(message: string, cause?: unknown) {
  return new TrackingError('TRACKING_ERR_CHECKSUM', message, { cause })
}
