import { rm } from 'node:fs/promises'
import { run } from './command.ts'
import type { Points } from './tap-points.ts'
import { add, close, RESULTS, readResults } from './tap-results.ts'

const RUNNER = 'packages/tracking/test/mlflow/run.ts'
const SUITES = [
  'packages/tracking/test/mlflow.test.ts',
  'packages/tracking/test/mlflow-client.test.ts',
  'packages/tracking/test/mlflow-faults.test.ts',
  'apps/trainer/test/mlflow.test.ts',
]
const FULL_SUITES = ['apps/trainer/test/python.test.ts']
/** Seconds for one suite: the processes that one of them kills and reads back take a minute or two. */
const TIMEOUT = 1200

/**
 * Makes a Python environment, starts a real MLflow server on a free loopback port, and runs the suites against it. With
 * --full the environment is the whole mlflow with onnxruntime, and Python loads and serves the models too.
 */
async function main(): Promise<number> {
  await rm(RESULTS, { recursive: true, force: true })
  const full = process.argv.slice(2).includes('--full')
  const suites = full ? [...SUITES, ...FULL_SUITES] : SUITES
  const tap = ['tap', '--disable-coverage', '--reporter=min', `--timeout=${TIMEOUT}`, ...suites]
  const code = await run(process.execPath, [
    '--conditions=@copse/source',
    RUNNER,
    ...(full ? ['--full'] : []),
    '--',
    ...tap,
  ])
  const total: Points = { passed: 0, failed: 0, skipped: [] }
  for (const [file, points] of await readResults('.', code)) {
    console.log(`${points.failed > 0 ? 'FAILED' : 'ok'}: ${file}, ${points.passed} passed, ${points.failed} failed`)
    add(total, points)
  }
  return close(total)
}

process.exitCode = await main()
