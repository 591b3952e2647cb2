import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the page is in a clone of this repository, once it is built. */
const BESIDE = fileURLToPath(new URL('../../../console/dist', import.meta.url))

/**
 * The folder of the page that is served: the one that the setting names, or the one beside this app when it is built;
 * undefined is no page.
 */
export function consoleDirectory(setting: string | undefined, beside = BESIDE): string | undefined {
  if (setting === 'off') return undefined
  if (setting !== undefined) return setting
  return existsSync(`${beside}/index.html`) ? beside : undefined
}
