import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ToolsError } from './errors.ts'

const MOST_OUTPUT_BYTES = 64 << 20

/**
 * Runs a program for its standard output.
 * @throws ToolsError TOOLS_ERR_ABSENT when there is no such program, TOOLS_ERR_BUILD with the end of its output when it fails
 */
export async function output(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { maxBuffer: MOST_OUTPUT_BYTES, ...options })
    return stdout
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT') throw new ToolsError('TOOLS_ERR_ABSENT', `There is no ${file} on PATH.`, { cause: error })
    const why = (stderr ?? '').trim().slice(-2000)
    throw new ToolsError('TOOLS_ERR_BUILD', `${file} ${args.join(' ')} failed: ${why}`, { cause: error })
  }
}
