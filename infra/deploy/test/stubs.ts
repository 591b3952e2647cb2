import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Test } from 'tap'

export interface StubRevision {
  readonly revision: number
  readonly status: string
  readonly description: string
}

/** What the stub programs do otherwise than well. */
export interface Scenario {
  /** Calls that begin so fail, after they said `says`. */
  readonly fail?: string
  readonly says?: string
  /** Nothing fails before helm has upgraded. */
  readonly afterUpgrade?: boolean
  /** Exit status of what fails. Default: 1. */
  readonly status?: number
  /** A failing upgrade leaves a failed revision, as one does that has begun. */
  readonly failedRevision?: boolean
  /** Calls that begin so do not end by themselves. */
  readonly hang?: string
  /** What hangs leaves a pending revision when it is stopped, as helm does. */
  readonly pendingOnHang?: boolean
  readonly helm?: string
  readonly forbidden?: boolean
  /** Class that the service predicts. Default: setosa. */
  readonly predicts?: string
  /** Path that answers 503. */
  readonly broken?: string
  /** Key that the service asks for. */
  readonly key?: string
  readonly history?: readonly StubRevision[]
  /** Programs that are not there. */
  readonly absent?: readonly string[]
}

export interface Ended {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
}

export interface Deployment {
  readonly directory: string
  run(args: readonly string[], env?: Record<string, string>): Promise<Ended>
  /** Starts without waiting. */
  start(args: readonly string[], env?: Record<string, string>): Started
  /** Calls of the stub programs so far, in order. */
  calls(): Promise<string[]>
}

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts')

/** A deployment whose helm, kubectl, docker and git are stubs. */
export async function stubbed(t: Test, scenario: Scenario = {}): Promise<Deployment> {
  const directory = await mkdtemp(join(tmpdir(), 'copse-deploy-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const bin = join(directory, 'bin')
  await mkdir(bin)
  await writeFile(join(directory, 'scenario.json'), JSON.stringify(scenario))
  await writeFile(join(directory, 'history.json'), JSON.stringify(scenario.history ?? []))
  for (const tool of ['helm', 'kubectl', 'docker', 'git']) {
    if (scenario.absent?.includes(tool)) continue
    const stub = join(import.meta.dirname, 'stub.ts')
    await writeFile(join(bin, tool), `#!/bin/sh\nexec "${process.execPath}" "${stub}" "${directory}" ${tool} "$@"\n`)
    await chmod(join(bin, tool), 0o755)
  }
  function start(args: readonly string[], env: Record<string, string> = {}): Started {
    const child = execa(process.execPath, ['--conditions=@copse/source', MAIN, ...args], {
      // Nothing of this machine's own helm or kubectl.
      env: { PATH: bin, NO_COLOR: '1', ...env },
      extendEnv: false,
      reject: false,
    })
    const ended = child.then(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }))
    return { ended, kill: (signal) => child.kill(signal) }
  }
  return {
    directory,
    start,
    run: (args, env) => start(args, env).ended,
    calls: async () => (await readFile(join(directory, 'calls'), 'utf8').catch(() => '')).trimEnd().split('\n'),
  }
}

/** Revisions 1 to n, the last of them deployed. */
export function revisions(n: number, last = 'deployed'): StubRevision[] {
  return Array.from({ length: n }, (_, i) => ({
    revision: i + 1,
    status: i + 1 === n ? last : 'superseded',
    description: '',
  }))
}
