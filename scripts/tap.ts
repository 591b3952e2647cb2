import { resolve } from 'node:path'
import { run } from './command.ts'

/** Where Node keeps what it has compiled, below the working directory. */
const COMPILED = 'node_modules/.cache/compiled'

/**
 * Runs tap without coverage and answers its exit code. What was compiled is kept from process to process: a fifth of the CPU
 * time of all tests went into compiling the same modules in a new process a file.
 *
 * @param launcher a program that starts tap, whose command line follows its own.
 */
export function runTap(
  flags: readonly string[],
  launcher: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const [program = 'tap', ...args] = [...launcher, 'tap', '--disable-coverage', ...flags]
  return run(program, args, { env: { NODE_COMPILE_CACHE: resolve(COMPILED), ...process.env, ...env } })
}
