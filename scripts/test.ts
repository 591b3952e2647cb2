import { glob } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { run } from './command.ts'
import { directoryOf, writeGroups } from './tap-groups.ts'
import type { Points } from './tap-points.ts'
import { add, close, collectResults, noPoints } from './tap-results.ts'

/** As in .taprc. */
const TESTS = ['{packages,apps}/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts']
/** Seconds for all test files of a directory. */
const TIMEOUT = 900

/** Lints, type-checks and tests everything; the last line is `N passed, N failed`, with the skipped named above it. */
async function main(): Promise<number> {
  const total = noPoints()
  await check(total, 'lint', 'biome', ['check', '--error-on-warnings', '.'])
  await check(total, 'type check', 'tsc', ['-p', 'tsconfig.json'])
  await check(total, 'type check of the page', 'tsc', ['-p', 'apps/console'])
  await test(total)
  return close(total)
}

async function check(total: Points, name: string, tool: string, args: readonly string[]): Promise<void> {
  const ok = (await run(tool, args)) === 0
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`)
  total[ok ? 'passed' : 'failed'] += 1
}

async function test(total: Points): Promise<void> {
  const files: string[] = []
  for await (const file of glob(TESTS)) files.push(file.replaceAll('\\', '/'))
  const groups = await writeGroups(files)
  const reporter = process.stdout.isTTY ? 'terse' : 'min'
  // tap's own default leaves a core idle; some tests only wait.
  const { results } = await collectResults([
    `--reporter=${reporter}`,
    `--timeout=${TIMEOUT}`,
    `--jobs=${availableParallelism() + 1}`,
    ...groups,
  ])
  const rooms = new Map<string, Points>()
  for (const [program, points] of results) {
    const directory = directoryOf(program)
    if (points.failed > 0) console.log(`FAILED: ${directory}`)
    const room = directory.split('/test')[0]!
    const sum = rooms.get(room) ?? noPoints()
    rooms.set(room, sum)
    add(sum, points)
    add(total, points)
  }
  for (const [room, points] of [...rooms].sort()) {
    console.log(`${points.failed > 0 ? 'FAILED' : 'ok'}: ${room}, ${points.passed} passed, ${points.failed} failed`)
  }
}

process.exitCode = await main()
