import { parseArgs } from 'node:util'
import type { Points } from './tap-points.ts'
import { add, close, noPoints, runSuites } from './tap-results.ts'

const RUNNER = 'packages/tracking/test/mlflow/run.ts'
const SUITES = [
  'packages/tracking/test/mlflow.test.ts',
  'packages/tracking/test/mlflow-client.test.ts',
  'packages/tracking/test/readme.test.ts',
  'packages/tracking/test/mlflow-faults.test.ts',
  'apps/trainer/test/mlflow.test.ts',
  'apps/trainer/test/mlflow-kills.test.ts',
  'apps/api/test/mlflow.test.ts',
]
/** Who may do what is the server's affair, wherever it keeps things. */
const SQLITE_SUITES = ['packages/tracking/test/mlflow-access.test.ts']
/** What Python makes of a model, too. */
const FULL_SUITES = ['apps/trainer/test/python.test.ts']
/** Seconds for one suite: the processes that one of them kills and reads back take a minute or two, two hundred of them half an hour. */
const TIMEOUT = 3600
/** What the runner ends with where PostgreSQL is not installed. */
const UNAVAILABLE = 69

/**
 * Makes a Python environment, starts a real MLflow server on a free loopback port, and runs the suites against it: once on
 * SQLite and files, once on PostgreSQL and an S3 store. With --full the environment is the whole mlflow with onnxruntime, and
 * Python loads and serves the models too. --store sqlite or postgres runs one of both, --version X and --venv DIR another MLflow.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      store: { type: 'string', default: 'both' },
      version: { type: 'string' },
      venv: { type: 'string' },
    },
  })
  const flags = [
    ...(values.full ? ['--full'] : []),
    ...(values.version === undefined ? [] : ['--version', values.version]),
    ...(values.venv === undefined ? [] : ['--venv', values.venv]),
  ]
  const total = noPoints()
  for (const store of ['sqlite', 'postgres']) {
    if (values.store !== 'both' && values.store !== store) continue
    const once = store === 'sqlite' ? [...SQLITE_SUITES, ...(values.full ? FULL_SUITES : [])] : []
    add(total, await runOn(store, [...SUITES, ...once], flags))
  }
  return close(total)
}

function runOn(store: string, suites: readonly string[], flags: readonly string[]): Promise<Points> {
  const own = [...(store === 'postgres' ? ['--postgres'] : []), ...flags]
  const launcher = [process.execPath, '--conditions=@copse/source', RUNNER, ...own, '--']
  const where = store === 'postgres' ? ' on PostgreSQL and S3' : ' on SQLite'
  return runSuites(suites, { timeout: TIMEOUT, jobs: 1, launcher, unavailable: UNAVAILABLE, where })
}

process.exitCode = await main()
