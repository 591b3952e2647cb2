import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface Spawned {
  readonly child: ChildProcess
  /** All that was printed so far. */
  out: string
  err: string
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>
}

/** Runs the program in `cwd` on any free port and with nothing of this environment that it reads. */
export function spawnMain(t: Test, cwd: string, args: readonly string[], env: Record<string, string> = {}): Spawned {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(COPSE_|MLFLOW_|npm_)/.test(name))
  const child = spawn(process.execPath, ['--conditions=@copse/source', MAIN, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), COPSE_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  // Not `close`: it does not come when this side has disconnected.
  const streams = [child.stdout!, child.stderr!].map((stream) => once(stream, 'close'))
  const exited = Promise.all([once(child, 'exit'), ...streams]).then(([[code, signal]]) => code ?? signal)
  const spawned: Spawned = { child, out: '', err: '', exited }
  child.stdout!.setEncoding('utf8').on('data', (chunk) => {
    spawned.out += chunk
  })
  child.stderr!.setEncoding('utf8').on('data', (chunk) => {
    spawned.err += chunk
  })
  return spawned
}

/** The URL, once it listens; fails with what it printed when it ends before. */
export async function ready(spawned: Spawned): Promise<{ url: string; port: number }> {
  const message = await Promise.race([once(spawned.child, 'message'), spawned.exited])
  if (!Array.isArray(message)) throw new Error(`ended with ${message}: ${spawned.err}`)
  const { url } = message[0] as { ready: true; url: string }
  return { url, port: Number(new URL(url).port) }
}
