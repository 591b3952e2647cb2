import { readFile, stat } from 'node:fs/promises'
import { ApiError } from '../errors.ts'
import { type Keys, parseKeys } from './keys.ts'

const MAX_BYTES = 1 << 20
/** A file that is replaced, or a Kubernetes secret whose link is, is seen after at most this. */
const LOOK_MS = 1000

export interface KeysFile {
  /** As last read whole. */
  readonly keys: Keys
  close(): void
}

export interface KeysFileOptions {
  readonly lookMs?: number
  /** Told when the file was read anew, or why it cannot be and the keys before stay; once for each reason. */
  readonly onChange: (error: ApiError | undefined) => void
}

/**
 * Reads a keys file, and again whenever its text changes, until `close`.
 * @throws ApiError API_ERR_SETTING when it cannot be used at the start
 */
export async function openKeysFile(file: string, { onChange, lookMs = LOOK_MS }: KeysFileOptions): Promise<KeysFile> {
  let text = await read(file)
  let keys = parseKeys(text)
  let reason: string | undefined
  let looking = false

  async function look(): Promise<void> {
    const next = await read(file)
    if (next === text && reason === undefined) return
    keys = parseKeys(next)
    const changed = next !== text
    text = next
    reason = undefined
    if (changed) onChange(undefined)
  }

  const timer = setInterval(async () => {
    if (looking) return
    looking = true
    await look().catch((error: ApiError) => {
      if (error.message !== reason) onChange(error)
      reason = error.message
    })
    looking = false
  }, lookMs).unref()

  return {
    get keys() {
      return keys
    },
    close: () => clearInterval(timer),
  }
}

async function read(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > MAX_BYTES) throw new ApiError('API_ERR_SETTING', `The keys file must be at most ${MAX_BYTES} bytes.`)
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new ApiError(
      'API_ERR_SETTING',
      `COPSE_API_KEYS_FILE (--api-keys-file) must be a file to read, and ${file} is not (${code}).`,
      { cause },
    )
  }
}
