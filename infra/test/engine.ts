import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Test } from 'tap'
import { program } from './tool.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Where ports that a container publishes are reached; an engine on another host has another name. */
export const PUBLISHED = process.env.COPSE_TEST_HOST ?? 'localhost'

/** Brings an image, its last argument, to the nodes of the cluster, as `kind load docker-image` does. */
const LOAD = process.env.COPSE_TEST_LOAD?.split(/\s+/).filter((word) => word !== '') ?? []

/** Runs docker for its standard output, with `input` on its standard input. */
export async function docker(args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await program('docker', args, input)
  if (code !== 0) throw new Error(`docker ${args.join(' ')} failed: ${stderr.trim().slice(-2000)}`)
  return stdout.trim()
}

/** Whether there is an engine; says that the test was not run where there is none. */
export async function hasEngine(t: Test): Promise<boolean> {
  const answer = await program('docker', ['version', '--format', '{{.Server.Version}}']).catch(() => undefined)
  if (answer?.code === 0) return true
  t.pass('docker', { skip: 'no Docker engine answers; DOCKER_HOST names one' })
  return false
}

/** Whether images can be built and brought to a cluster's nodes; says what is missing where they cannot. */
export async function canLoad(t: Test): Promise<boolean> {
  if (!(await hasEngine(t))) return false
  if (LOAD.length > 0) return true
  t.pass('images on the nodes', { skip: 'COPSE_TEST_LOAD is not set; `kind load docker-image` is one such command' })
  return false
}

/** Brings an image of the engine to the nodes of the cluster. */
export async function load(image: string): Promise<void> {
  const [command = '', ...words] = LOAD
  const { code, stderr } = await program(command, [...words, image])
  if (code !== 0) throw new Error(`${LOAD.join(' ')} ${image} failed: ${stderr.trim().slice(-2000)}`)
}

export interface Recipe {
  /** Default: the images' Dockerfile. */
  readonly dockerfile?: string
  /** Default: the checkout. */
  readonly context?: string
  readonly target?: string
  readonly args?: Readonly<Record<string, string | undefined>>
  /** Build every step again. Default false. */
  readonly afresh?: boolean
}

/** Builds an image as `tag`; paths are from the root of the checkout. */
export async function build(tag: string, recipe: Recipe): Promise<void> {
  const { dockerfile = 'infra/docker/Dockerfile', context = '.', target, args = {}, afresh = false } = recipe
  const ca = process.env.COPSE_TEST_CA
  const values = Object.entries(args).filter(([, value]) => value !== undefined)
  await docker([
    'build',
    ...(ca === undefined ? [] : ['--secret', `id=ca,src=${ca}`]),
    ...values.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(target === undefined ? [] : ['--target', target]),
    ...(afresh ? ['--no-cache'] : []),
    '--file',
    join(ROOT, dockerfile),
    '--tag',
    tag,
    join(ROOT, context),
  ])
}

/** Starts a container that is removed at the end of the test; answers its name. */
export async function start(t: Test, args: readonly string[]): Promise<string> {
  const name = `copse-test-${randomBytes(6).toString('hex')}`
  t.teardown(() => program('docker', ['rm', '--force', '--volumes', name]))
  await docker(['run', '--detach', '--name', name, ...args])
  return name
}

/** The address of a published port. */
export async function address(container: string, port: number): Promise<string> {
  const line = (await docker(['port', container, `${port}/tcp`])).split('\n')[0] ?? ''
  return `http://${PUBLISHED}:${line.slice(line.lastIndexOf(':') + 1)}`
}
