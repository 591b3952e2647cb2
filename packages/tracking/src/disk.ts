import { createHash, hash } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
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

/** Bytes read at a time when files are hashed; a file of no more is copied in one piece. */
const CHUNK = 1 << 20

/**
 * Makes a directory and its parents; the new entries survive a power cut. Throws TRACKING_ERR_HOME.
 *
 * One level at a time: `mkdir` with `recursive` never returns where the system answers ENOENT for a new entry of a
 * directory that is there, as /proc does.
 */
export async function makeDirectory(path: string): Promise<void> {
  const missing: string[] = []
  for (let at = path; !isDirectory(at); at = dirname(at)) missing.push(at)
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory)
    } catch (cause) {
      const exists = codeOf(cause) === 'EEXIST'
      // Another process may have made it.
      if (!exists || !isDirectory(directory)) {
        throw unwritable(path, exists ? Object.assign(cause as Error, { code: 'ENOTDIR' }) : cause)
      }
    }
    await nodeFiles.syncDirectory(dirname(directory))
  }
}

/** False for what is not there, or is something else. The root always is one. */
function isDirectory(path: string): boolean {
  if (dirname(path) === path) return true
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch {
    return false
  }
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
  return { bytes: bytes.length, sha256: hash('sha256', bytes) }
}

/**
 * Copies a file to a name where it appears whole or not at all, and survives a power cut. What is hashed is what was stored,
 * and a later change of the original does not reach it. Throws TRACKING_ERR_FILE and TRACKING_ERR_HOME.
 */
export async function copyWhole(from: string, to: string, files: Files = nodeFiles): Promise<StoredFile> {
  const small = readSmall(from, files)
  if (small) return writeWhole(to, small, files)
  let stored: StoredFile | undefined
  const write = async (temporary: string) => {
    await files.copy(from, temporary)
    const file = files.open(temporary, 'r+')
    try {
      stored = await hashOpen(file, files)
      await files.sync(file)
    } finally {
      files.close(file)
    }
  }
  await replace(to, write, files)
  return stored!
}

/** All of a file of at most a megabyte, undefined for a longer one. Throws TRACKING_ERR_FILE. */
export function readSmall(path: string, files: Files = nodeFiles): Buffer | undefined {
  const file = openFile(path, files)
  try {
    return files.size(file) <= CHUNK ? files.read(file) : undefined
  } finally {
    files.close(file)
  }
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
  const file = openFile(path)
  try {
    return await hashOpen(file, nodeFiles)
  } finally {
    nodeFiles.close(file)
  }
}

async function hashOpen(file: number, files: Files): Promise<StoredFile> {
  const sum = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK)
  let bytes = 0
  for (;;) {
    const read = await files.readChunk(file, buffer, bytes)
    if (read === 0) return { bytes, sha256: sum.digest('hex') }
    sum.update(buffer.subarray(0, read))
    bytes += read
  }
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
export function openFile(path: string, files: Files = nodeFiles): number {
  try {
    return files.open(path, 'r')
  } catch (cause) {
    throw new TrackingError('TRACKING_ERR_FILE', `The file ${path} cannot be read (${codeOf(cause) ?? cause})`, {
      cause,
    })
  }
}

async function replace(path: string, write: (temporary: string) => Promise<void>, files: Files = nodeFiles) {
  const temporary = join(dirname(path), temporaryName())
  try {
    await write(temporary)
    files.rename(temporary, path)
    await files.syncDirectory(dirname(path))
  } catch (error) {
    removeQuietly(temporary, files)
    throw unwritable(path, error)
  }
}

function removeQuietly(path: string, files: Files) {
  try {
    files.remove(path)
  } catch {
    // The error that led here is the one to tell.
  }
}

function unwritable(path: string, cause: unknown) {
  if (cause instanceof TrackingError) return cause
  return new TrackingError('TRACKING_ERR_HOME', `${path} cannot be written (${codeOf(cause) ?? cause})`, { cause })
}

function temporaryName() {
  return `.tmp-${uuidv7()}`
}
