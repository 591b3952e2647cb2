import { hash } from 'node:crypto'

/** File of a bundle that lists the sums of the others. */
export const SUMS = 'SHA256SUMS'

/**
 * Content of `SHA256SUMS`: a line `HEX  NAME` a file, sorted by name, as `sha256sum --check` reads it.
 * Not listed: the file itself, and `MLmodel`, which tracking completes after the bundle is made.
 */
export function formatSums(files: ReadonlyMap<string, Uint8Array | string>): string {
  return [...files.keys()]
    .filter((name) => name !== SUMS && name !== 'MLmodel')
    .sort()
    .map((name) => `${sha256(files.get(name)!)}  ${name}\n`)
    .join('')
}

/** Lower-case hex. */
export function sha256(content: Uint8Array | string): string {
  return hash('sha256', content)
}
