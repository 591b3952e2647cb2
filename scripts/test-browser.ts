import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { findChromium } from '../packages/model/test/browser/find-chromium.ts'
import { run } from './command.ts'
import type { Points } from './tap-points.ts'
import { add, close, RESULTS, readResults } from './tap-results.ts'

const SUITES = ['packages/model/test/browser/chromium.ts']

/** Trains and predicts in Chromium, which root on Debian gets installed when there is none. */
async function main(): Promise<number> {
  if (findChromium() === undefined) installChromium()
  await rm(RESULTS, { recursive: true, force: true })
  const code = await run('tap', ['--disable-coverage', '--reporter=min', ...SUITES])
  const total: Points = { passed: 0, failed: 0, skipped: [] }
  for (const [file, points] of await readResults('.', code)) {
    console.log(`${points.failed > 0 ? 'FAILED' : 'ok'}: ${file}, ${points.passed} passed, ${points.failed} failed`)
    add(total, points)
  }
  return close(total)
}

function installChromium(): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  const options: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options)
}

process.exitCode = await main()
