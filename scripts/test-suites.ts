import { glob, rm } from 'node:fs/promises'
import { run } from './command.ts'
import type { Points } from './tap-points.ts'
import { add, close, RESULTS, readResults } from './tap-results.ts'

/** Seconds for one suite: some build, on first use, the programs that they judge with. */
const TIMEOUT = 1800

/** Runs the suites of the directories that it is given; the last line is `N passed, N failed`, with the skipped named above it. */
async function main(directories: readonly string[]): Promise<number> {
  await rm(RESULTS, { recursive: true, force: true })
  const files: string[] = []
  for await (const file of glob(directories.map((directory) => `${directory}/*.test.ts`))) files.push(file)
  const code = await run('tap', ['--disable-coverage', '--reporter=min', `--timeout=${TIMEOUT}`, ...files.sort()])
  const total: Points = { passed: 0, failed: 0, skipped: [] }
  for (const [file, points] of await readResults('.', code)) {
    console.log(`${points.failed > 0 ? 'FAILED' : 'ok'}: ${file}, ${points.passed} passed, ${points.failed} failed`)
    add(total, points)
  }
  return close(total)
}

process.exitCode = await main(process.argv.slice(2))
