import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TrainerError } from './errors.ts'
import { formatSums, SUMS } from './sums.ts'

/** File name -> content. */
export type BundleFiles = ReadonlyMap<string, Uint8Array | string>

/**
 * Writes the files and their `SHA256SUMS` as `directory`, which must not exist yet: it appears whole and on disk, or
 * not at all.
 * @throws TrainerError TRAINER_ERR_WRITE
 */
export async function writeBundle(directory: string, files: BundleFiles): Promise<void> {
  const parent = dirname(directory)
  const temporary = join(parent, `.${basename(directory)}.${process.pid}`)
  try {
    await mkdir(parent, { recursive: true })
    await mkdir(temporary)
    for (const [name, content] of files) await writeDurably(join(temporary, name), content)
    await writeDurably(join(temporary, SUMS), formatSums(files))
    await syncDirectory(temporary)
    await rename(temporary, directory)
    await syncDirectory(parent)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new TrainerError('TRAINER_ERR_WRITE', `The bundle could not be written to ${directory} (${reason}).`, {
      cause,
    })
  }
}

async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Windows cannot open a directory to sync it; its renames are durable without. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
