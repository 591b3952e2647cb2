import { access, constants, stat } from 'node:fs/promises'
import { ApiError } from '../errors.ts'

/**
 * Checks that a home that exists can hold the model cache; one that does not exist yet is nobody's fault.
 * @throws ApiError API_ERR_SETTING
 */
export async function checkHome(home: string): Promise<void> {
  try {
    const found = await stat(home)
    if (!found.isDirectory())
      throw new ApiError('API_ERR_SETTING', `COPSE_HOME (--home) must be a directory, and ${home} is a file.`)
    await access(home, constants.W_OK)
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    throw new ApiError(
      'API_ERR_SETTING',
      `COPSE_HOME (--home) must be a directory to write to, and ${home} is not (${code}).`,
      { cause },
    )
  }
}
