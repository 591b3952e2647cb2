import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { missingPrograms, PROGRAMS } from '../infra/observability/test/live/programs.ts'
import { close, runSuites } from './tap-results.ts'

const SUITES = ['infra/observability/test/live/alerts.test.ts']
/** Seconds for the suite. */
const TIMEOUT = 600

/** Runs rules and dashboards on a real Prometheus and a real Alertmanager, which root on Debian gets installed when there are none. */
async function main(): Promise<number> {
  if (missingPrograms().length > 0) install()
  return close(await runSuites(SUITES, { timeout: TIMEOUT }))
}

function install(): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'], env }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PROGRAMS], options)
}

process.exitCode = await main()
