import { setTimeout as sleep } from 'node:timers/promises'
import * as tracking from '@copse/tracking'
import type { FastifyInstance } from 'fastify'
import { isLoopback, urlOf } from './address.ts'
import { buildApp } from './app.ts'
import { consoleDirectory } from './console/directory.ts'
import { ApiError } from './errors.ts'
import { listen } from './listen.ts'
import { stderrLog } from './log.ts'
import type { ModelSlot } from './model/slot.ts'
import { openSources } from './model/source.ts'
import { type Monitoring, ownMonitoring } from './monitoring/monitoring.ts'
import { openMonitor } from './monitoring/open-monitor.ts'
import type { Settings } from './settings.ts'
import { waiting, welcome } from './welcome.ts'

/** What is left after the drain may take this long; a registry that hangs must not hold the process. */
const CLOSE_MS = 1000

export interface Service {
  /** Where a client on this machine reaches it. */
  readonly url: string
  /** Drains and ends everything; no request is lost. */
  stop(): Promise<void>
}

/** What one of several processes has beside a service. */
export interface Member {
  /** Returns when none of the processes listens any more. */
  allClosed(): Promise<void>
}

/**
 * Starts what the settings ask for. A local model is loaded first, and when it does not load nothing starts; with a
 * remote registry the service listens first and gets ready when the registry has given a model. `print` takes lines
 * for people; `join` gets the app of one of several processes
 * before it listens, and `given` is the monitor that they share.
 * @throws ApiError
 */
export async function startService(
  settings: Settings,
  print: (text: string) => void,
  join?: (app: FastifyInstance) => Member,
  given?: Monitoring,
): Promise<Service> {
  const logger = stderrLog(settings.logLevel)
  const sources = openSources(settings, tracking, (warning) => logger.warn(warning))
  const monitoring = given ?? ownMonitoring(await openMonitor(settings, logger))
  const app = await buildApp({ sources, settings, logger, monitoring, console: consoleDirectory(settings.console) })
  try {
    const member = join?.(app)
    const { slots } = app.models
    await Promise.all(slots.filter(({ source }) => !source.remote).map(loadOrThrow))
    const urls = await listenAll(app, settings, member !== undefined)
    if (!isLoopback(settings.host) && settings.apiKeysFile === undefined) {
      logger.warn(
        `admin and feedback routes are closed: ${settings.host} is not a loopback address and there is no keys file`,
      )
    }
    announce(app, urls, settings, print)
    for (const slot of slots) if (slot.source.remote) void slot.reload()
    return {
      url: urls.api,
      async stop() {
        await app.lifecycle.drain(settings.drainDelayMs, member?.allClosed)
        await Promise.race([app.close(), sleep(CLOSE_MS, undefined, { ref: false })])
      },
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

async function loadOrThrow(slot: ModelSlot): Promise<void> {
  const { error } = await slot.reload()
  if (error === undefined) return
  if (error.code === 'API_ERR_MODEL_ABSENT' || error.code === 'API_ERR_SETTING') throw error
  throw new ApiError(error.code, `${slot.source.reference} cannot be served: ${error.message}`, { cause: error })
}

/** Not `app.listen`: for a name with two addresses it opens a second server, which a drain would have to know. */
async function listenAll(app: FastifyInstance, settings: Settings, joined: boolean): Promise<Urls> {
  const { host, port, metricsPort } = settings
  const api = urlOf(host, await listen(app.server, host, port))
  const { metricsListener } = app
  if (metricsListener === undefined || metricsPort === undefined) return { api, metrics: api }
  // Of several processes the primary has this port.
  if (joined) return { api, metrics: urlOf(host, metricsPort) }
  return { api, metrics: urlOf(host, await listen(metricsListener, host, metricsPort)) }
}

interface Urls {
  readonly api: string
  readonly metrics: string
}

/** Prints once what is served, and once before that why nothing is. */
function announce(app: FastifyInstance, urls: Urls, settings: Settings, print: (text: string) => void): void {
  const { models } = app
  const model = models.default
  let waits = false
  let served = false
  function tell(error: ApiError | undefined) {
    if (served) return
    if (model.current !== undefined) {
      served = true
      print(welcome(urls.api, urls.metrics, model.current, models.slots.length - 1))
    } else if (error !== undefined && !waits) {
      waits = true
      print(waiting(urls.api, error, settings.pollIntervalMs))
    }
  }
  tell(undefined)
  model.addListener(({ error }) => tell(error))
}
