import { join } from 'node:path'
import { makeVenv } from './make-venv.ts'
import { close, runSuites } from './tap-results.ts'

const SUITES = ['apps/api/test/clients.test.ts', 'apps/api/test/monitoring/store.test.ts']
/** Clients of the service, and a fuzzer that reads its OpenAPI document. */
const PACKAGES = [
  'tritonclient[http]==2.73.0',
  'kserve==0.21.0',
  'mlflow-skinny==3.17.2',
  'openapi-python-client==0.29.1',
  'schemathesis==4.32.5',
  // A store that speaks S3.
  'moto[server]==5.2.5',
  // What MLflow's client asks for besides.
  'pandas==2.3.3',
  'scipy',
]
/** Seconds for the suite. */
const TIMEOUT = 1200

/** Makes a Python environment with the clients, and runs them against the service. */
async function main(): Promise<number> {
  const venv = await makeVenv(PACKAGES)
  const env = { CLIENTS_PYTHON: join(venv, 'bin', 'python') }
  return close(await runSuites(SUITES, { timeout: TIMEOUT, env }))
}

process.exitCode = await main()
