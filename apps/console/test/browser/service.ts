import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

export interface Service {
  readonly url: string
  /** By the signal: SIGKILL is a service that is gone in the middle of everything. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts the service as a process of its own and waits until it listens. */
export async function startService(env: Readonly<Record<string, string>>): Promise<Service> {
  const child = run('apps/api/src/main.ts', [], { COPSE_PORT: '0', COPSE_MAX_DELAY: '0', COPSE_DEADLINE: '0', ...env })
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { ready?: boolean; url: string }) => message.ready && resolve(message.url))
    child.once('exit', (code) => reject(new Error(`The service ended with ${code} before it listened.`)))
  })
  return {
    url,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    },
  }
}

/** Runs the trainer to its end. */
export async function train(args: readonly string[], home: string): Promise<void> {
  const child = run('apps/trainer/src/main.ts', args, { COPSE_HOME: home })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`The trainer ended with ${code}.`)
}

function run(entry: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, ['--conditions=@copse/source', `${ROOT}${entry}`, ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}
