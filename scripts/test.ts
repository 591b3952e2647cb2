import { glob, readFile, rm } from 'node:fs/promises'
import { run } from './command.ts'
import { countPoints, type Points } from './tap-points.ts'

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
  await rm('.tap/test-results', { recursive: true, force: true })
  const code = await run('tap', ['--disable-coverage', '--reporter=terse'])
  const failedBefore = total.failed
  let documents = 0
  for await (const file of glob('.tap/test-results/**/*.tap')) {
    const points = countPoints(await readFile(file, 'utf8'))
    if (points.failed > 0) console.log(`FAILED: ${file.replace('.tap/test-results/', '').replace(/\.tap$/, '')}`)
    total.passed += points.passed
    total.failed += points.failed
    total.skipped.push(...points.skipped)
    documents += 1
  }
  if (documents === 0 || (code !== 0 && total.failed === failedBefore)) total.failed += 1
}

process.exitCode = await main()
