import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from '../../../../apps/api/test/free-port.ts'

/** By the names of Debian's packages. */
export const PROGRAMS = ['prometheus', 'prometheus-alertmanager'] as const

/** Those that are not on PATH. */
export function missingPrograms(): string[] {
  return PROGRAMS.filter((program) => spawnSync(program, ['--version']).error !== undefined)
}

/** Runs a server on a free loopback port until the test ends; answers its URL once `/-/ready` does. */
export async function startServer(
  t: Test,
  program: (typeof PROGRAMS)[number],
  directory: string,
  flags: readonly string[],
): Promise<string> {
  const port = await freePort()
  const log = createWriteStream(join(directory, 'log'))
  await once(log, 'open')
  const child = spawn(program, [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: ['ignore', log, log] })
  t.teardown(() => ended(child))
  const url = `http://127.0.0.1:${port}`
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null)
      throw new Error(`${program} ended with ${child.exitCode}; see ${join(directory, 'log')}`)
    await sleep(50)
  }
  return url
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Writes a file and the directories above it. */
export async function write(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, text)
}
