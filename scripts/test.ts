import { glob, readFile, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { run } from './command.ts'
import { countPoints, type Points } from './tap-points.ts'

const RESULTS = '.tap/test-results'

/** Lints, type-checks and tests everything; the last line is `N passed, N failed`, with the skipped named above it. */
async function main(): Promise<number> {
  const total: Points = { passed: 0, failed: 0, skipped: [] }
  await check(total, 'lint', 'biome', ['check', '--error-on-warnings', '.'])
  await check(total, 'type check', 'tsc', ['-p', 'tsconfig.json'])
  await test(total)
  for (const reason of total.skipped) console.log(`NOT RUN: ${reason}`)
  const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : ''
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
  return total.failed > 0 ? 1 : 0
}

async function check(total: Points, name: string, tool: string, args: readonly string[]): Promise<void> {
  const ok = (await run(tool, args)) === 0
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`)
  total[ok ? 'passed' : 'failed'] += 1
}

async function test(total: Points): Promise<void> {
  await rm(RESULTS, { recursive: true, force: true })
  const reporter = process.stdout.isTTY ? 'terse' : 'min'
  const code = await run('tap', ['--disable-coverage', `--reporter=${reporter}`])
  const failedBefore = total.failed
  const rooms = new Map<string, Points>()
  for await (const file of glob('**/*.tap', { cwd: RESULTS })) {
    const points = countPoints(await readFile(join(RESULTS, file), 'utf8'))
    if (points.failed > 0) console.log(`FAILED: ${file.replace(/\.tap$/, '')}`)
    const room = file.split(sep).slice(0, 2).join('/').replace('scripts/test', 'scripts')
    add(rooms.get(room) ?? put(rooms, room), points)
    add(total, points)
  }
  for (const [room, points] of [...rooms].sort())
    console.log(`${points.failed > 0 ? 'FAILED' : 'ok'}: ${room}, ${points.passed} passed, ${points.failed} failed`)
  if (rooms.size === 0 || (code !== 0 && total.failed === failedBefore)) total.failed += 1
}

function put(rooms: Map<string, Points>, room: string): Points {
  const points: Points = { passed: 0, failed: 0, skipped: [] }
  rooms.set(room, points)
  return points
}

function add(total: Points, points: Points): void {
  total.passed += points.passed
  total.failed += points.failed
  total.skipped.push(...points.skipped)
}

process.exitCode = await main()
