import { glob } from 'node:fs/promises'
import { close, runSuites } from './tap-results.ts'

/** Seconds for one suite: some build, on first use, the programs that they judge with. */
const TIMEOUT = 1800

/** Runs the suites of the directories that it is given; the last line is `N passed, N failed`, with the skipped named above it. */
async function main(directories: readonly string[]): Promise<number> {
  const files: string[] = []
  for await (const file of glob(directories.map((directory) => `${directory}/*.test.ts`))) files.push(file)
  return close(await runSuites(files.sort(), { timeout: TIMEOUT }))
}

process.exitCode = await main(process.argv.slice(2))
