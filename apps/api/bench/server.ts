import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** A server in a process of its own. */
export interface Server {
  readonly url: string
  /** Milliseconds from its start to its word that it is ready. */
  readonly readyMs: number
  /** CPU time so far, in milliseconds; NaN where there is no /proc. */
  cpuMs(): number
  /** Resident memory, in MB of 2^20 bytes; NaN where there is no /proc. */
  rss(): number
  stop(): Promise<void>
}

/** Runs a Node program that says `{ ready, url }` over IPC; nothing of the environment's settings reaches it. */
export async function startServer(args: readonly string[], env: Record<string, string> = {}): Promise<Server> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(COPSE_|MLFLOW_|npm_)/.test(name))
  const started = performance.now()
  const child = spawn(process.execPath, args, {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const message = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof message[0] !== 'object' || message[0] === null) throw new Error(`${args.join(' ')} ended at its start`)
  const { url } = message[0] as { url: string }
  return {
    url,
    readyMs: performance.now() - started,
    cpuMs: () => cpuMs(child),
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(proc(child, 'status'))?.[1] ?? Number.NaN) / 1024,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** Clock ticks of user and system time; Linux has 100 a second. */
function cpuMs(child: ChildProcess): number {
  const fields = proc(child, 'stat').split(') ').at(-1)!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function proc({ pid }: ChildProcess, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
