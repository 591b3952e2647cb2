import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { acquireLock } from '../../src/lock.ts'

/** The MLflow that everything is tested on. */
export const VERSION = '3.17.2'
/** PostgreSQL's driver, and an S3 store with its client. */
const STORES = ['psycopg2-binary', 'boto3', 'moto[server]']
const SMALL = [
  `mlflow-skinny==${VERSION}`,
  'flask',
  'flask-cors',
  'sqlalchemy',
  'alembic',
  'pandas',
  'aiohttp',
  ...STORES,
]
const FULL = [`mlflow==${VERSION}`, 'onnx==1.23.2', 'onnxruntime==1.32.0', ...STORES]
const CACHE = join(homedir(), '.cache', 'copse')

/** What a server of a version needs; with `full` also what loads and serves models. */
export function packagesOf({ full, version }: { full: boolean; version: string }): readonly string[] {
  if (version === VERSION) return full ? FULL : SMALL
  // Versions before 3 import what later setuptools and SQLAlchemy do not have.
  const old = version.startsWith('2.') ? ['setuptools<81', 'sqlalchemy<2.1'] : []
  return [`mlflow==${version}`, ...old, ...STORES]
}

/** Makes a Python environment with these packages once; answers its directory. */
export async function makeVenv(packages: readonly string[]): Promise<string> {
  const wanted = packages.join(' ')
  const venv = join(CACHE, `mlflow-${hash('sha256', wanted).slice(0, 12)}`)
  const stamp = join(venv, 'complete')
  await mkdir(CACHE, { recursive: true })
  const lock = await acquireLock(join(CACHE, 'mlflow-lock'), { waitMs: 900_000 })
  try {
    if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return venv
    console.error(`Making a Python environment with ${wanted} in ${venv}, once`)
    await rm(venv, { recursive: true, force: true })
    const advice = 'Python 3 with venv is needed (Debian: packages python3 and python3-venv)'
    await run('python3', ['-m', 'venv', venv], advice)
    const pip = join(venv, 'bin', 'pip')
    const quiet = ['install', '-q', '--disable-pip-version-check']
    // uv does in seconds what takes pip minutes.
    const uv = join(venv, 'bin', 'uv')
    const hasUv = await run(pip, [...quiet, 'uv'], '').then(
      () => true,
      () => false,
    )
    if (hasUv)
      await run(uv, ['pip', 'install', '-q', '--python', join(venv, 'bin', 'python'), ...packages], 'uv failed')
    else await run(pip, [...quiet, ...packages], 'pip failed')
    await writeFile(stamp, wanted)
    return venv
  } finally {
    await lock.release()
  }
}

async function run(name: string, parameters: string[], advice: string) {
  const child = spawn(name, parameters, { stdio: ['ignore', 'inherit', 'inherit'] })
  const code = await once(child, 'exit').then(
    ([code]) => code,
    () => 1,
  )
  if (code !== 0) throw new Error(`${name} ${parameters.join(' ')} failed: ${advice}`)
}
