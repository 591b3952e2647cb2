import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeVenv } from '../packages/tracking/test/mlflow/venv.ts'
import { run } from './command.ts'
import type { Points } from './tap-points.ts'
import { add, close, RESULTS, readResults } from './tap-results.ts'

const SUITE = 'apps/api/test/clients.test.ts'
/** Clients of the service, and a fuzzer that reads its OpenAPI document. */
const PACKAGES = [
  'tritonclient[http]==2.73.0',
  'kserve==0.21.0',
  'mlflow-skinny==3.17.2',
  'openapi-python-client==0.29.1',
  'schemathesis==4.32.5',
  // What MLflow's client asks for besides.
  'pandas==2.3.3',
  'scipy',
]
/** Seconds for the suite. */
const TIMEOUT = 1200

/** Makes a Python environment with the clients, and runs them against the service. */
async function main(): Promise<number> {
  await rm(RESULTS, { recursive: true, force: true })
  const venv = await makeVenv(PACKAGES)
  const tap = ['--disable-coverage', '--reporter=min', `--timeout=${TIMEOUT}`, SUITE]
  const code = await run('tap', tap, { env: { ...process.env, CLIENTS_PYTHON: join(venv, 'bin', 'python') } })
  const total: Points = { passed: 0, failed: 0, skipped: [] }
  for (const [file, points] of await readResults('.', code)) {
    console.log(`${points.failed > 0 ? 'FAILED' : 'ok'}: ${file}, ${points.passed} passed, ${points.failed} failed`)
    add(total, points)
  }
  return close(total)
}

process.exitCode = await main()
