import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { build, docker, PUBLISHED } from '../../test/engine.ts'

const COMPOSE = join(import.meta.dirname, '..')
const STAND_INS = 'infra/test/stand-ins'
/** Takes images built from Debian's and PyPI's packages in place of those that a registry would have to give. */
const STAND_IN = process.env.COPSE_TEST_STAND_INS === '1'

/** The stack under a name of its own, on free ports, removed with its volumes at the end of the test. */
export class Stack {
  readonly project = `copse-test-${randomBytes(4).toString('hex')}`
  readonly #env: string
  readonly #base: readonly string[]

  private constructor(t: Test, env: string) {
    this.#env = env
    this.#base = ['compose', '--project-directory', COMPOSE, '--project-name', this.project, '--env-file', env]
    t.teardown(() => this.compose('down', '--volumes', '--remove-orphans', '--timeout', '30'))
  }

  static async create(t: Test): Promise<Stack> {
    const env = join(t.testdir(), 'env')
    const example = await readFile(join(COMPOSE, '.env.example'), 'utf8')
    const changes = { ...PORTS, ...(await images()) }
    await writeFile(env, withValues(example, changes))
    return new Stack(t, env)
  }

  /** Another stack of the same images and settings, which shares nothing with this one. */
  another(t: Test): Stack {
    return new Stack(t, this.#env)
  }

  /** Runs lines for a shell, as a guide gives them for the root of the checkout, in a directory with that root's `infra`. */
  async shell(lines: string, directory: string): Promise<void> {
    const env = { ...process.env, COMPOSE_PROJECT_NAME: this.project, COMPOSE_ENV_FILES: this.#env }
    await promisify(execFile)('sh', ['-e', '-c', lines], { cwd: directory, env, maxBuffer: 64 << 20 })
  }

  /** Runs `docker compose` on the stack for its standard output. */
  compose(...args: readonly string[]): Promise<string> {
    return docker([...this.#base, ...args])
  }

  /** Starts services, those that they need included, and waits until all of them are healthy or done. */
  async up(...services: readonly string[]): Promise<void> {
    await this.compose('up', '--detach', '--wait', '--wait-timeout', '300', ...services)
  }

  /** Where a service's published port is reached from here. */
  async address(service: string, port: number): Promise<string> {
    const line = await this.compose('port', service, String(port))
    return `http://${PUBLISHED}:${line.slice(line.lastIndexOf(':') + 1)}`
  }

  /** What carries the project's label: containers, volumes and networks. */
  async left(): Promise<string[]> {
    const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${this.project}`]
    const lists = [
      ['ps', '--all', ...filter],
      ['volume', 'ls', ...filter],
      ['network', 'ls', ...filter],
    ]
    return (await Promise.all(lists.map((args) => docker(args)))).flatMap((out) => out.split('\n')).filter(Boolean)
  }
}

/** Ports that nothing else has, published where the test can reach them. */
const PORTS = {
  PUBLISH_ADDRESS: PUBLISHED === 'localhost' ? '127.0.0.1' : '0.0.0.0',
  API_PORT: '0',
  MLFLOW_PORT: '0',
  PROMETHEUS_PORT: '0',
  ALERTMANAGER_PORT: '0',
  GRAFANA_PORT: '0',
}

/** Builds the images of the stack under names for the test; answers the variables that name them. */
async function images(): Promise<Record<string, string>> {
  const PYTHON_IMAGE = STAND_IN ? await standIn('python') : undefined
  await build('copse-api:test', { target: 'api' })
  await build('copse-trainer:test', { target: 'trainer' })
  const mlflow = 'infra/docker/mlflow'
  await build('copse-mlflow:test', { dockerfile: `${mlflow}/Dockerfile`, context: mlflow, args: { PYTHON_IMAGE } })
  const ours = { API_IMAGE: 'copse-api:test', TRAINER_IMAGE: 'copse-trainer:test', MLFLOW_IMAGE: 'copse-mlflow:test' }
  if (!STAND_IN) return ours
  return {
    ...ours,
    POSTGRES_IMAGE: await standIn('postgres'),
    OBJECT_STORE_IMAGE: await standIn('object-store', { PYTHON_IMAGE }),
    PROMETHEUS_IMAGE: await standIn('prometheus'),
    ALERTMANAGER_IMAGE: await standIn('alertmanager'),
  }
}

async function standIn(name: string, args: Record<string, string | undefined> = {}): Promise<string> {
  const tag = `copse-${name}:stand-in`
  await build(tag, { dockerfile: `${STAND_INS}/${name}/Dockerfile`, context: `${STAND_INS}/${name}`, args })
  return tag
}

/** An env file with some of its values replaced; a name that it does not have is an error of the test. */
function withValues(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((file, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm')
    if (!line.test(file)) throw new Error(`.env.example has no ${name}`)
    return file.replace(line, `${name}=${value}`)
  }, text)
}

/** Whether Grafana can be started: nothing stands in for its image. */
export const HAS_GRAFANA = !STAND_IN
