import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { ApiError } from './errors.ts'
import { growYoungGeneration, keepHeapSmall } from './heap.ts'
import { watchParent } from './parent.ts'
import type { Service } from './service.ts'
import { readSettings, type Settings } from './settings.ts'
import { holdTickShape } from './tick-shape.ts'

/** The process: arguments, environment, signals, output, exit codes. */
async function main(): Promise<void> {
  keepHeapSmall()
  holdTickShape()
  const settings = readSettings(process.argv.slice(2), process.env, dotenv())
  if ('show' in settings) {
    process.stdout.write(settings.show)
    return
  }

  let service: Service | undefined
  let stopping = false
  async function stop() {
    if (stopping) return
    stopping = true
    await service?.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  watchParent(process.env.npm_lifecycle_event !== undefined && !cluster.isWorker, stop)
  // Whoever read the output may end before this process does.
  process.stdout.on('error', () => {})

  service = await start(settings)
  growYoungGeneration()
  if (!cluster.isWorker) process.send?.({ ready: true, url: service.url })
}

/** One process, the primary of several, or one of those; the primary loads nothing that answers requests. */
async function start(settings: Settings): Promise<Service> {
  const print = (text: string) => void process.stdout.write(text)
  if (settings.processes === 1) return (await import('./service.ts')).startService(settings, print)
  if (!cluster.isWorker) return (await import('./cluster/primary.ts')).startPrimary(settings, print)
  return (await import('./cluster/worker.ts')).startWorker(settings)
}

/** `.env` of the working directory; '' when there is none. */
function dotenv(): string {
  try {
    return readFileSync('.env', 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw new ApiError('API_ERR_SETTING', `.env cannot be read (${(cause as NodeJS.ErrnoException).code}).`, { cause })
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof ApiError ? error.message : (error as Error).stack}\n`)
  process.exit(1)
}
