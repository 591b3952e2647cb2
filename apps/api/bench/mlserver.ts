import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeVenv } from '../../../scripts/make-venv.ts'

/** What MLServer's own model of scikit-learn runs with. */
const PACKAGES = ['mlserver==1.7.1', 'mlserver-sklearn==1.7.1', 'scikit-learn==1.6.1']
const READY_MS = 120_000
const STOP_MS = 3000

export interface Rival {
  /** Where one model is asked, in the Open Inference Protocol. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts MLServer 1.7.1 with scikit-learn's forest of 100 trees on Iris and batching of 64 rows or 5 ms, one process, in `folder`. */
export async function startMlserver(folder: string): Promise<Rival> {
  const bin = join(await makeVenv(PACKAGES), 'bin')
  const [http, ...others] = await freePorts(3)
  const script = fileURLToPath(new URL('mlserver.py', import.meta.url))
  execFileSync(join(bin, 'python'), [script, folder, ...[http, ...others].map(String)], { stdio: 'inherit' })
  const child = spawn(join(bin, 'mlserver'), ['start', folder], { stdio: 'ignore' })
  const model = `http://127.0.0.1:${http}/v2/models/iris`
  for (const start = performance.now(); ; await sleep(100)) {
    const answer = await fetch(`${model}/ready`).catch(() => undefined)
    if (answer?.ok) break
    if (child.exitCode === null && performance.now() - start < READY_MS) continue
    child.kill('SIGKILL')
    throw new Error('MLServer does not start')
  }
  return {
    url: `${model}/infer`,
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      // Under load it does not end by itself.
      await Promise.race([ended, sleep(STOP_MS)])
      child.kill('SIGKILL')
    },
  }
}

/** Rows as a request of the protocol. */
export function inferRequest(rows: readonly (readonly number[])[]): string {
  const tensor = { name: 'features', shape: [rows.length, rows[0]!.length], datatype: 'FP64', data: rows.flat() }
  return JSON.stringify({ inputs: [tensor] })
}

/** Ports that were free a moment ago; MLServer takes none from the system. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  for (const server of servers) server.close()
  return ports
}
