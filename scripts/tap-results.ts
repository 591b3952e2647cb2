import { readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { runTap } from './tap.ts'
import { countPoints, type Points } from './tap-points.ts'

/** Where tap keeps the TAP document of each test file, below its working directory. */
const RESULTS = '.tap/test-results'

export interface SuiteOptions {
  /** Seconds for one test file; default: as in .taprc. */
  readonly timeout?: number
  /** Added to the environment. */
  readonly env?: NodeJS.ProcessEnv
  /** A program that starts tap, whose command line follows its own; default: tap itself. */
  readonly launcher?: readonly string[]
  /** The launcher's exit code where what it starts cannot be had: the files count as not run. */
  readonly unavailable?: number
  /** Files at a time; default: tap's, one on up to two cores. */
  readonly jobs?: number
  /** What is said after a file's name, such as ` on sqlite`. */
  readonly where?: string
}

/** Runs test files with tap, prints a line for each, and answers the sum of their points. */
export async function runSuites(
  files: readonly string[],
  { timeout, env, launcher, unavailable, jobs, where = '' }: SuiteOptions = {},
): Promise<Points> {
  const flags = [...(timeout ? [`--timeout=${timeout}`] : []), ...(jobs ? [`--jobs=${jobs}`] : [])]
  await removeResults()
  const code = await runTap(['--reporter=min', ...flags, ...files], launcher, env)
  if (code === unavailable) return { ...noPoints(), skipped: [`${files.length} suites${where}`] }
  const points = noPoints()
  for (const [file, own] of await readResults('.', code)) {
    console.log(`${own.failed > 0 ? 'FAILED' : 'ok'}: ${file}${where}, ${own.passed} passed, ${own.failed} failed`)
    add(points, own)
  }
  return points
}

/** Forgets the last run, so that what is read next is of the next. */
export async function removeResults(): Promise<void> {
  await rm(RESULTS, { recursive: true, force: true })
}

/**
 * The points of tap's last run in `directory`, by test file. A run that failed without a failed point, or ran nothing,
 * counts as one failure under the name `tap`.
 */
export async function readResults(directory: string, exitCode: number): Promise<Map<string, Points>> {
  const files = new Map<string, Points>()
  const results = join(directory, RESULTS)
  // There are none when tap did not start.
  const entries = await readdir(results, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile() && entry.name.endsWith('.tap'))) {
    const file = join(parentPath, name)
    const tested = relative(results, file)
      .replaceAll('\\', '/')
      .replace(/\.tap$/, '')
    files.set(tested, countPoints(await readFile(file, 'utf8')))
  }
  const failed = [...files.values()].some((points) => points.failed > 0)
  if (files.size === 0 || (exitCode !== 0 && !failed)) files.set('tap', { passed: 0, failed: 1, skipped: [] })
  return files
}

export function noPoints(): Points {
  return { passed: 0, failed: 0, skipped: [] }
}

export function add(total: Points, points: Points): void {
  total.passed += points.passed
  total.failed += points.failed
  total.skipped.push(...points.skipped)
}

/** Prints what was skipped, then the closing line; answers the exit code. */
export function close(total: Points): number {
  for (const reason of total.skipped) console.log(`NOT RUN: ${reason}`)
  const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : ''
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
  return total.failed > 0 ? 1 : 0
}
