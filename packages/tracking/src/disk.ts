import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { TrackingError } from './errors.ts'
import { type Files, nodeFiles } from './files.ts'

/** Size and content of a file that was stored. */
export interface StoredFile {
  bytes: number
  /** Hexadecimal, lower case. */
  sha256: string
}

/** Bytes read at a time when files are copied or hashed. */
const CHUNK = 1 << 20

/**
 * Makes a directory and its parents; the new entries survive a power cut. Throws TRACKING_ERR_HOME.
 *
 * One level at a time: `mkdir` with `recursive` never returns where the system answers ENOENT for a new entry of a
 * directory that is there, as /proc does.
 */
export async function makeDirectory(path: string): Promise<void> {
  const missing: string[] = []
  for (let at = path; !(await isDirectory(at)); at = dirname(at)) missing.push(at)
  for (const directory of missing.reverse()) {
    await mkdir(directory).catch(async (cause) => {
      const exists = codeOf(cause) === 'EEXIST'
      // Another process may have made it.
      if (exists && (await isDirectory(directory))) return
      throw unwritable(path, exists ? Object.assign(cause, { code: 'ENOTDIR' }) : cause)
    })
    await nodeFiles.syncDirectory(dirname(directory))
  }
}

/** False for what is not there, or is something else. The root always is one. */
async function isDirectory(path: string): Promise<boolean> {
  if (dirname(path) === path) return true
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** Writes a file that appears whole or not at all, and survives a power cut. Throws TRACKING_ERR_HOME. */
export async function writeWhole(
  path: string,
  data: string | Uint8Array,
  files: Files = nodeFiles,
): Promise<StoredFile> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  const write = async (temporary: string) => {
    const file = files.open(temporary, 'wx')
    try {
      for (let at = 0; at < bytes.length; ) at += files.write(file, bytes, at, bytes.length - at, at)
      await files.sync(file)
    } finally {
      files.close(file)
    }
  }
  await replace(path, write, files)
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Copies a file to a name where it appears whole or not at all; what is hashed is what was stored. */
export async function copyWhole(from: string, to: string): Promise<StoredFile> {
  const source = await openFile(from)
  const hash = createHash('sha256')
  let bytes = 0
  try {
    await replace(to, async (temporary) => {
      const target = await open(temporary, 'wx')
      try {
        const buffer = Buffer.allocUnsafe(CHUNK)
        for (;;) {
          const { bytesRead } = await source.read(buffer, 0, CHUNK)
          if (bytesRead === 0) break
          const chunk = buffer.subarray(0, bytesRead)
          hash.update(chunk)
          await target.writeFile(chunk)
          bytes += bytesRead
        }
        await target.sync()
      } finally {
        await target.close()
      }
    })
  } finally {
    await source.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Copies files (paths joined by `/`) from one directory to another; returns what was stored. */
export async function copyFiles(from: string, paths: readonly string[], to: string) {
  const stored = []
  for (const path of paths) {
    const segments = path.split('/')
    if (segments.length > 1) await makeDirectory(join(to, ...segments.slice(0, -1)))
    stored.push({ path, ...(await copyWhole(join(from, ...segments), join(to, ...segments))) })
  }
  return stored
}

export async function hashFile(path: string): Promise<StoredFile> {
  const source = await openFile(path)
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (;;) {
      const { bytesRead } = await source.read(buffer, 0, CHUNK)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
      bytes += bytesRead
    }
  } finally {
    await source.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

/**
 * Makes `directory` by filling a hidden sibling and renaming it. With `mayExist`, a directory that another process put
 * there first is kept and this one's work thrown away.
 */
export async function fillDirectory(
  directory: string,
  fill: (temporary: string) => Promise<void>,
  { mayExist = false } = {},
): Promise<void> {
  const parent = dirname(directory)
  await makeDirectory(parent)
  const temporary = join(parent, temporaryName())
  try {
    await makeDirectory(temporary)
    await fill(temporary)
    await rename(temporary, directory)
    await nodeFiles.syncDirectory(parent)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '') && (await exists(directory))
    if (!mayExist || !taken) throw unwritable(directory, error)
  }
}

/** Paths of all files under a directory, relative, joined by `/`, sorted; anything but files and directories is refused. */
export async function listFiles(directory: string): Promise<string[]> {
  const found: string[] = []
  const walk = async (below: string[]) => {
    const entries = await readdir(join(directory, ...below), { withFileTypes: true }).catch((cause) => {
      throw new TrackingError('TRACKING_ERR_FILE', `The directory ${join(directory, ...below)} cannot be read`, {
        cause,
      })
    })
    for (const entry of entries) {
      const path = [...below, entry.name]
      if (entry.isDirectory()) await walk(path)
      else if (entry.isFile() || (await isFile(join(directory, ...path)))) found.push(path.join('/'))
      else throw new TrackingError('TRACKING_ERR_FILE', `${join(directory, ...path)} is neither a file nor a directory`)
    }
  }
  await walk([])
  return found.sort()
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false
}

/** The `code` of a system error: ENOENT, EACCES, … */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

/** Opens a file to read it. Throws TRACKING_ERR_FILE. */
export async function openFile(path: string): Promise<FileHandle> {
  const handle = await open(path, 'r').catch((cause) => {
    throw new TrackingError('TRACKING_ERR_FILE', `The file ${path} cannot be read`, { cause })
  })
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new TrackingError('TRACKING_ERR_FILE', `${path} is not a file`)
}

async function replace(path: string, write: (temporary: string) => Promise<void>, files: Files = nodeFiles) {
  const temporary = join(dirname(path), temporaryName())
  try {
    await write(temporary)
    await files.rename(temporary, path)
    await files.syncDirectory(dirname(path))
  } catch (error) {
    await files.remove(temporary).catch(() => {})
    throw unwritable(path, error)
  }
}

function unwritable(path: string, cause: unknown) {
  if (cause instanceof TrackingError) return cause
  return new TrackingError('TRACKING_ERR_HOME', `${path} cannot be written (${codeOf(cause) ?? cause})`, { cause })
}

function temporaryName() {
  return `.tmp-${uuidv7()}`
}
