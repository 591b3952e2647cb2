import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Test } from 'tap'
import { program } from '../../test/tool.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Where ports that a container publishes are reached; an engine on another host has another name. */
export const PUBLISHED = process.env.COPSE_TEST_HOST ?? 'localhost'

/** Runs docker for its standard output. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await program('docker', args)
  if (code !== 0) throw new Error(`docker ${args.join(' ')} failed: ${stderr.trim()}`)
  return stdout.trim()
}

/** Whether there is an engine; says that the test was not run where there is none. */
export async function hasEngine(t: Test): Promise<boolean> {
  const answer = await program('docker', ['version', '--format', '{{.Server.Version}}']).catch(() => undefined)
  if (answer?.code === 0) return true
  t.pass('docker', { skip: 'no Docker engine answers; DOCKER_HOST names one' })
  return false
}

/** Builds a target of the images' Dockerfile as `tag`. */
export async function build(target: string, tag: string): Promise<void> {
  const ca = process.env.COPSE_TEST_CA
  const secret = ca === undefined ? [] : ['--secret', `id=ca,src=${ca}`]
  await docker(
    'build',
    ...secret,
    '--file',
    join(ROOT, 'infra/docker/Dockerfile'),
    '--target',
    target,
    '--tag',
    tag,
    ROOT,
  )
}

/** Starts a container that is removed at the end of the test; answers its name. */
export async function start(t: Test, args: readonly string[]): Promise<string> {
  const name = `copse-test-${randomBytes(6).toString('hex')}`
  t.teardown(() => program('docker', ['rm', '--force', '--volumes', name]))
  await docker('run', '--detach', '--name', name, ...args)
  return name
}

/** The address of a published port. */
export async function address(container: string, port: number): Promise<string> {
  const line = (await docker('port', container, `${port}/tcp`)).split('\n')[0] ?? ''
  return `http://${PUBLISHED}:${line.slice(line.lastIndexOf(':') + 1)}`
}

/** Waits until a URL answers 200. */
export async function untilReady(url: string): Promise<number> {
  const started = performance.now()
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
    if (answer?.status === 200) return performance.now() - started
    if (performance.now() - started > 60_000) throw new Error(`${url} was not ready within a minute`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
