import { rm } from 'node:fs/promises'
import { run } from './command.ts'
import type { Points } from './tap-points.ts'
import { add, close, RESULTS, readResults } from './tap-results.ts'

const RUNNER = 'packages/tracking/test/mlflow/run.ts'
const SUITES = ['packages/tracking/test/mlflow.test.ts', 'apps/trainer/test/mlflow.test.ts']

/** Makes a Python environment, starts a real MLflow server on a free loopback port, and runs the suites against it. */
async function main(): Promise<number> {
  await rm(RESULTS, { recursive: true, force: true })
  const tap = ['tap', '--disable-coverage', '--reporter=min', ...SUITES]
  const code = await run(process.execPath, ['--conditions=@copse/source', RUNNER, '--', ...tap])
  const total: Points = { passed: 0, failed: 0, skipped: [] }
  for (const [file, points] of await readResults('.', code)) {
    console.log(`${points.failed > 0 ? 'FAILED' : 'ok'}: ${file}, ${points.passed} passed, ${points.failed} failed`)
    add(total, points)
  }
  return close(total)
}

process.exitCode = await main()
