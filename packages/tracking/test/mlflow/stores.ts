import { type ChildProcess, execFile } from 'node:child_process'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, startProgram, stopProgram, waitUntilReady } from './process.ts'

const exec = promisify(execFile)
const START_SECONDS = 120

/** Where an MLflow server keeps what it is given, and what it needs to know for that. */
export interface Stores {
  /** `--backend-store-uri` */
  backend: string
  /** `--artifacts-destination` */
  artifacts: string
  environment: Record<string, string>
}

export function filesIn(directory: string): Stores {
  return { backend: `sqlite:///${directory}/mlflow.db`, artifacts: `${directory}/artifacts`, environment: {} }
}

/** Stores that were started before, as `MLFLOW_TEST_STORES` tells a test of them. */
export function storesOf(directory: string, told: string | undefined): Stores {
  return told === undefined ? filesIn(directory) : (JSON.parse(told) as Stores)
}

/** Directory of PostgreSQL's programs; undefined where it is not installed. */
export async function findPostgres(): Promise<string | undefined> {
  const debian = '/usr/lib/postgresql'
  const versions = await readdir(debian).catch((): string[] => [])
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  if (newest !== undefined) return join(debian, newest, 'bin')
  return exec('pg_config', ['--bindir']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )
}

/** A PostgreSQL and a store that speaks S3 (moto), on free loopback ports; what they hold is gone when they are stopped. */
export async function startStores(
  postgres: string,
  venv: string,
  interrupted: AbortSignal,
): Promise<Stores & { stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'copse-stores-'))
  const running: { child: ChildProcess; signal: NodeJS.Signals }[] = []
  const stop = async () => {
    // PostgreSQL's SIGINT does not wait for its clients.
    for (const { child, signal } of running) await stopProgram(child, signal)
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const database = await startPostgres(postgres, directory, interrupted)
    running.push({ child: database.child, signal: 'SIGINT' })
    const s3 = await startS3(venv, directory, interrupted)
    running.push({ child: s3.child, signal: 'SIGTERM' })
    return { backend: database.uri, artifacts: 's3://mlflow/artifacts', environment: s3.environment, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startPostgres(programs: string, directory: string, interrupted: AbortSignal) {
  // It refuses to run as root, so there it runs as the user that its package makes.
  const user = process.getuid?.() === 0 ? await userOf('postgres') : {}
  if (user.uid !== undefined) await chown(directory, user.uid, user.gid!)
  const options = { cwd: directory, ...user }
  const data = join(directory, 'data')
  await exec(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'mlflow', '--auth=trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    options,
  )
  const port = String(await freePort())
  const log = join(directory, 'postgres.log')
  const child = startProgram(
    join(programs, 'postgres'),
    ['-D', data, '-p', port, '-h', '127.0.0.1', '-c', 'unix_socket_directories='],
    { ...options, log },
  )
  const where = ['-h', '127.0.0.1', '-p', port, '-U', 'mlflow']
  const isReady = async () => {
    await exec(join(programs, 'pg_isready'), where)
    return true
  }
  await waitUntilReady(child, isReady, { name: 'PostgreSQL', log, seconds: START_SECONDS, interrupted })
  await exec(join(programs, 'createdb'), [...where, 'mlflow'])
  return { child, uri: `postgresql+psycopg2://mlflow@127.0.0.1:${port}/mlflow` }
}

async function userOf(name: string): Promise<{ uid?: number; gid?: number }> {
  const id = async (what: string) => Number((await exec('id', [what, name])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

async function startS3(venv: string, directory: string, interrupted: AbortSignal) {
  const port = await freePort()
  const uri = `http://127.0.0.1:${port}`
  const log = join(directory, 's3.log')
  const child = startProgram(join(venv, 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    cwd: directory,
    log,
  })
  // It checks no signature, only that there is one.
  const credential = 'Credential=test/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0'
  const isReady = async () => {
    const headers = { authorization: `AWS4-HMAC-SHA256 ${credential}` }
    return (await fetch(`${uri}/mlflow`, { method: 'PUT', headers, signal: AbortSignal.timeout(5000) })).ok
  }
  await waitUntilReady(child, isReady, { name: 'The S3 store', log, seconds: START_SECONDS, interrupted })
  const environment = {
    MLFLOW_S3_ENDPOINT_URL: uri,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  return { child, environment }
}
