import {
  chmodSync,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  openSync,
  read,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * The calls that journals, locks and stored files are written with; tests put a disk of their own here. What only changes the
 * system's tables is done at once: handing it to another thread costs more CPU than the work.
 */
export interface Files {
  /** `wx` makes a file that must not exist; `r+` and `r` open one that must, and be a file. */
  open(path: string, flags: 'wx' | 'r+' | 'r'): number
  /** Writes `length` bytes from `from` at the offset `at` of the file; returns how many it wrote. */
  write(file: number, bytes: Uint8Array, from: number, length: number, at: number): number
  truncate(file: number, length: number): void
  size(file: number): number
  /** All of a file. */
  read(file: number): Buffer
  /** Fills `buffer` from the offset `at`; answers how many bytes there were, 0 at the end. */
  readChunk(file: number, buffer: Uint8Array, at: number): Promise<number>
  close(file: number): void
  /** Content and length of a file survive a power cut after it. */
  sync(file: number): Promise<void>
  /** Makes a copy that no later change of the original reaches; the system may share blocks between them until then. */
  copy(from: string, to: string): Promise<void>
  rename(from: string, to: string): void
  /** Does nothing when there is no such file. */
  remove(path: string): void
  /** Names in a directory; none when it is not there. */
  list(directory: string): string[]
  /** Milliseconds since 1970 of a file's last change; undefined when it is not there. */
  changed(path: string): number | undefined
  /** The names in a directory survive a power cut after it. */
  syncDirectory(path: string): Promise<void>
}

const readLater = promisify(read)
const fsyncLater = promisify(fsync)

export const nodeFiles: Files = {
  open,
  write: writeSync,
  truncate: ftruncateSync,
  size: (file) => fstatSync(file).size,
  read: (file) => readFileSync(file),
  readChunk,
  close: closeSync,
  sync: promisify(fdatasync),
  copy,
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
  list,
  changed: (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs,
  syncDirectory,
}

function open(path: string, flags: 'wx' | 'r+' | 'r'): number {
  // Without O_NONBLOCK a pipe would wait for its writer.
  const file = openSync(path, flags === 'r' ? constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) : flags)
  if (flags === 'wx' || fstatSync(file).isFile()) return file
  closeSync(file)
  throw Object.assign(new Error(`${path} is not a file`), { code: 'EISDIR' })
}

async function readChunk(file: number, buffer: Uint8Array, at: number): Promise<number> {
  return (await readLater(file, buffer, 0, buffer.length, at)).bytesRead
}

/** A copy of a read-only file is made writable for its owner, or it could not be synced. */
async function copy(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  const { mode } = statSync(to)
  if ((mode & 0o200) === 0) chmodSync(to, mode | 0o200)
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** Systems that cannot sync a directory are let off. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = openSync(path, 'r')
    try {
      await fsyncLater(directory)
    } finally {
      closeSync(directory)
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['EISDIR', 'EINVAL', 'EPERM', 'ENOTSUP', 'EBADF'].includes(code)) throw error
  }
}
