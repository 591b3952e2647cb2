import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { findChromium } from '../packages/model/test/browser/find-chromium.ts'
import { close, runSuites } from './tap-results.ts'

const SUITES = ['packages/model/test/browser/chromium.ts', 'apps/console/test/browser/console.ts']

/** Seconds for one suite: the page is used before services that train first. */
const TIMEOUT = 580

/** Trains and predicts in Chromium, and uses the page there, which root on Debian gets installed when there is none. */
async function main(): Promise<number> {
  if (findChromium() === undefined) installChromium()
  return close(await runSuites(SUITES, { timeout: TIMEOUT }))
}

function installChromium(): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  const options: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options)
}

process.exitCode = await main()
