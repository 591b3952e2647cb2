import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { runTap } from './tap.ts'
import { countPoints, type Points } from './tap-points.ts'

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
  const { code, results } = await collectResults(['--reporter=min', ...flags, ...files], launcher, env)
  if (code === unavailable) return { ...noPoints(), skipped: [`${files.length} suites${where}`] }
  const points = noPoints()
  for (const [file, own] of results) {
    console.log(`${own.failed > 0 ? 'FAILED' : 'ok'}: ${file}${where}, ${own.passed} passed, ${own.failed} failed`)
    add(points, own)
  }
  return points
}

/**
 * Runs tap and answers its exit code, and points by test file. What tap writes is kept apart from that of other runs in this
 * clone, at this time or before: .tap/test-results is one for all.
 */
export async function collectResults(
  flags: readonly string[],
  launcher?: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<{ code: number; results: Map<string, Points> }> {
  const directory = await mkdtemp(join(tmpdir(), 'copse-tap-'))
  try {
    const code = await runTap([`--output-dir=${directory}`, ...flags], launcher, env)
    return { code, results: await readResults(directory, code) }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * The points of a run of tap, by test file, from the directory of its TAP documents. A run that failed without a failed point,
 * or ran nothing, counts as one failure under the name `tap`.
 */
export async function readResults(directory: string, exitCode: number): Promise<Map<string, Points>> {
  const files = new Map<string, Points>()
  // There are none when tap did not start.
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile() && entry.name.endsWith('.tap'))) {
    const file = join(parentPath, name)
    const tested = relative(directory, file)
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
