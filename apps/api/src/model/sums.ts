import { ApiError } from '../errors.ts'

export const SUMS = 'SHA256SUMS'

/**
 * Reads `HEX  NAME` lines into name -> lower-case hex. A name is a plain file name: no folder, no dot first.
 * @throws ApiError API_ERR_BUNDLE
 */
export function parseSums(text: string): Map<string, string> {
  const sums = new Map<string, string>()
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const [i, line] of lines.entries()) {
    const match = /^([0-9a-f]{64}) [ *]([^./\\\0][^/\\\0]*)$/.exec(line)
    if (!match) throw new ApiError('API_ERR_BUNDLE', `${SUMS} of the bundle is not "HEX  NAME" in line ${i + 1}.`)
    const [, sum, name] = match
    if (sums.has(name!))
      throw new ApiError('API_ERR_BUNDLE', `${SUMS} of the bundle names a file twice in line ${i + 1}.`)
    sums.set(name!, sum!)
  }
  return sums
}
