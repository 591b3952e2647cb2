import { closeSync, fdatasync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

/** The calls that journals and small files are written with; tests put a disk of their own here. */
export interface Files {
  /** `wx` makes a file that must not exist, `r+` opens one that must. */
  open(path: string, flags: 'wx' | 'r+'): number
  /** Writes `length` bytes from `from` at the offset `at` of the file; returns how many it wrote. */
  write(file: number, bytes: Uint8Array, from: number, length: number, at: number): number
  truncate(file: number, length: number): void
  /** All of a file. */
  read(file: number): Buffer
  close(file: number): void
  /** Content and length of a file survive a power cut after it. */
  sync(file: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** The names in a directory survive a power cut after it. */
  syncDirectory(path: string): Promise<void>
}

export const nodeFiles: Files = {
  open: (path, flags) => openSync(path, flags),
  write: writeSync,
  truncate: ftruncateSync,
  read: (file) => readFileSync(file),
  close: closeSync,
  sync: promisify(fdatasync),
  rename,
  remove: (path) => rm(path, { force: true }),
  syncDirectory,
}

/** Systems that cannot sync a directory are let off. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['EISDIR', 'EINVAL', 'EPERM', 'ENOTSUP', 'EBADF'].includes(code)) throw error
  }
}
