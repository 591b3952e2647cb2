import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'

/** A program that writes to a log, in a process group of its own, so that what it starts is stopped with it. */
export function startProgram(
  command: string,
  parameters: string[],
  { log, ...options }: { log: string; cwd: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number },
): ChildProcess {
  const file = openSync(log, 'a')
  try {
    return spawn(command, parameters, { ...options, stdio: ['ignore', file, file], detached: true })
  } finally {
    closeSync(file)
  }
}

/** Asks each quarter of a second until `isReady`; throws with the end of the log when the program ends or takes too long. */
export async function waitUntilReady(
  child: ChildProcess,
  isReady: () => Promise<boolean>,
  { name, log, seconds, interrupted }: { name: string; log: string; seconds: number; interrupted?: AbortSignal },
): Promise<void> {
  let failed: unknown
  child.on('error', (error) => {
    failed = error
  })
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(250)) {
    if (failed || child.exitCode !== null || interrupted?.aborted) break
    if (await isReady().catch(() => false)) return
  }
  const when = interrupted?.aborted ? 'before the interruption' : `in ${seconds} s`
  const said = (await readFile(log, 'utf8').catch(() => '')).split('\n').slice(-20).join('\n')
  throw new Error(`${name} did not start ${when}:\n${failed ?? said}`)
}

/** Ends a program and all that it started; after ten seconds without mercy. */
export async function stopProgram(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, signal)
  const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 10_000)
  await ended
  clearTimeout(late)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function sleep(ms: number) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
