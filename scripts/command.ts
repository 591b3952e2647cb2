import { spawn } from 'node:child_process'

/** Runs a program with its output on this terminal and answers its exit code; a signal counts as 128 + its number. */
export function run(
  file: string,
  args: readonly string[],
  options: { cwd?: string; shell?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15)))
  })
}
