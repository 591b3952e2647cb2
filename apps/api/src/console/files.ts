import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ApiError } from '../errors.ts'

/** A file of the page, as it is sent. */
export interface ConsoleFile {
  readonly type: string
  readonly plain: Buffer
  readonly gzipped: Buffer
  /** Of the content, the same in either form. */
  readonly etag: string
}

/** The built page: `index.html`, and files of `assets` by name, whose names carry a hash of their content. */
export interface ConsoleFiles {
  readonly index: ConsoleFile
  readonly assets: ReadonlyMap<string, ConsoleFile>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const MOST_FILES = 64
const MOST_BYTES = 4 << 20

/**
 * Reads the built page into memory: what is not read now is never served, whatever a request names.
 * @throws ApiError API_ERR_SETTING
 */
export async function readConsole(directory: string): Promise<ConsoleFiles> {
  const index = await readOne(join(directory, 'index.html'))
  const names = (await list(join(directory, 'assets'))).filter((name) => extname(name) in TYPES)
  if (names.length > MOST_FILES) throw broken(`its assets are ${names.length} files where ${MOST_FILES} are allowed`)
  const assets = new Map<string, ConsoleFile>()
  for (const name of names) assets.set(name, await readOne(join(directory, 'assets', name)))
  const bytes = [index, ...assets.values()].reduce((sum, { plain }) => sum + plain.length, 0)
  if (bytes > MOST_BYTES) throw broken(`it has ${bytes} bytes where ${MOST_BYTES} are allowed`)
  return { index, assets }
}

async function list(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort()
  } catch (cause) {
    throw broken(`assets cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause)
  }
}

async function readOne(path: string): Promise<ConsoleFile> {
  try {
    const plain = await readFile(path)
    const gzipped = await promisify(gzip)(plain, { level: 9 })
    return { type: TYPES[extname(path)]!, plain, gzipped, etag: `"${hash('sha256', plain).slice(0, 32)}"` }
  } catch (cause) {
    throw broken(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause)
  }
}

function broken(what: string, cause?: unknown): ApiError {
  return new ApiError(
    'API_ERR_SETTING',
    `COPSE_CONSOLE (--console) must be the folder of the built page, or off: ${what}.`,
    { cause },
  )
}
