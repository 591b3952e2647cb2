import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Commit of the checkout that holds `directory`; undefined outside one or without git. */
export async function gitCommit(directory: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: directory, timeout: 2000 })
    return /^[0-9a-f]{40,64}$/.exec(stdout.trim())?.[0]
  } catch {
    return undefined
  }
}
