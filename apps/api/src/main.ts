import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { ApiError } from './errors.ts'
import { watchParent } from './parent.ts'
import type { Service } from './service.ts'
import { readSettings, type Settings } from './settings.ts'
import { holdTickShape } from './tick-shape.ts'

/** The process: arguments, environment, signals, output, exit codes. */
async function main(): Promise<void> {
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

  holdTickShape()
  service = await start(settings)
  holdYoungGeneration()
  if (!cluster.isWorker) process.send?.({ ready: true, url: service.url })
}

/** One process, the primary of several, or one of those; the primary loads nothing that answers requests. */
async function start(settings: Settings): Promise<Service> {
  const print = (text: string) => void process.stdout.write(text)
  if (settings.processes === 1) return (await import('./service.ts')).startService(settings, print)
  if (!cluster.isWorker) return (await import('./cluster/primary.ts')).startPrimary(settings, print)
  return (await import('./cluster/worker.ts')).startWorker(settings)
}

/**
 * Requests leave little that lives on, so the young generation is large enough as the start has made it (4 to 8 MB a half);
 * under load V8 would let it grow to 32 MB a half on machines of much memory. It reads the factor at each growth.
 */
function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
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
