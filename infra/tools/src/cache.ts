import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The directory of what `make` made from `sources` (files whose bytes decide it) and `salt`; made once a machine, under
 * the user's cache directory, and whole or not there at all.
 */
export async function cached(
  name: string,
  sources: readonly string[],
  salt: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(salt)
  for (const source of sources) hash.update('\0').update(await readFile(source))
  const parent = join(homedir(), '.cache', 'copse', 'tools')
  const directory = join(parent, `${name}-${hash.digest('hex').slice(0, 12)}`)
  if (await exists(directory)) return directory
  await mkdir(parent, { recursive: true })
  const draft = await mkdtemp(join(parent, `.${name}-`))
  try {
    await make(draft)
    await rename(draft, directory)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another process may have been first.
    if (!(await exists(directory))) throw error
  }
  return directory
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
