import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { countPoints, type Points } from './tap-points.ts'

/** Where tap keeps the TAP document of each test file, below its working directory. */
export const RESULTS = '.tap/test-results'

/**
 * The points of tap's last run in `directory`, by test file. A run that failed without a failed point, or ran nothing,
 * counts as one failure under the name `tap`.
 */
export async function readResults(directory: string, exitCode: number): Promise<Map<string, Points>> {
  const files = new Map<string, Points>()
  for await (const file of glob('**/*.tap', { cwd: join(directory, RESULTS) })) {
    const points = countPoints(await readFile(join(directory, RESULTS, file), 'utf8'))
    files.set(file.replaceAll('\\', '/').replace(/\.tap$/, ''), points)
  }
  const failed = [...files.values()].some((points) => points.failed > 0)
  if (files.size === 0 || (exitCode !== 0 && !failed)) files.set('tap', { passed: 0, failed: 1, skipped: [] })
  return files
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
