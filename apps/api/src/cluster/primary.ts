import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Counter, Gauge, Registry } from '@prometheus-io/client'
import { ApiError } from '../errors.ts'
import { listen } from '../listen.ts'
import { stderrLog } from '../log.ts'
import { metricsServer } from '../metrics-server.ts'
import { monitorMetrics } from '../monitoring/metrics.ts'
import { openMonitor } from '../monitoring/open-monitor.ts'
import { answer } from '../monitoring/questions.ts'
import type { Service } from '../service.ts'
import type { Settings } from '../settings.ts'
import { HandOvers } from './hand-overs.ts'
import type { AskMessage, FromWorker, ToWorker } from './messages.ts'
import { ServedModels } from './served-models.ts'
import { Totals } from './totals.ts'

/** A worker tells its series each second; one that tells none for this long hangs, and is replaced. */
const HANG_MS = 10_000
const CHECK_MS = 1000
/** Between the end of a worker and its successor; doubled while they end before they are ready. */
const RESTART_MS = 100
const MAX_RESTART_MS = 30_000
/** After the drain delay; one that has not closed its listener by then hangs. */
const CLOSE_MS = 3000
/** After the drain delay; what then still runs is killed. */
const STOP_MS = 15_000

/**
 * Runs `settings.processes` workers behind one port, each this same program, and replaces those that end or hang. The
 * primary answers nothing but a port for metrics alone: it hands connections out in turn, adds up the series, and passes admin calls on. The
 * first worker starts alone, so that what is wrong with a setting or a model is said once.
 * @throws ApiError when the first worker does not start; it has said why
 */
export async function startPrimary(settings: Settings, print: (text: string) => void): Promise<Service> {
  const log = stderrLog(settings.logLevel)
  const monitor = await openMonitor(settings, log)
  const registry = new Registry()
  monitorMetrics(monitor, { client: { Counter, Gauge }, registers: [registry] })
  const totals = new Totals(registry)
  const lastTold = new Map<Worker, number>()
  const closed = new Set<Worker>()
  const shared = new Map<Worker, Readonly<Record<string, unknown>>>()
  const served = new ServedModels()
  const handOvers = new HandOvers((round) =>
    workers().flatMap((worker) => {
      if (!worker.isConnected()) return []
      send(worker, { kind: 'handOver', round })
      return worker.id
    }),
  )
  let stopping = false
  let failures = 0

  function fork(onPrint: (text: string) => void): Worker {
    // Counts go as typed arrays.
    cluster.setupPrimary({ serialization: 'advanced' })
    const worker = cluster.fork()
    worker.on('message', (message: FromWorker) => void receive(worker, message, onPrint))
    worker.once('exit', (code, signal) => {
      lastTold.delete(worker)
      closed.delete(worker)
      finishWhenClosed()
      if (!stopping) void replace(worker, signal ?? code)
    })
    // After the last of its messages.
    worker.once('disconnect', () => {
      totals.retire(worker.id)
      shared.delete(worker)
      handOvers.gone(worker.id)
      served.retire(worker.id)
      monitor.serve(served.all())
    })
    return worker
  }

  async function receive(worker: Worker, message: FromWorker, onPrint: (text: string) => void): Promise<void> {
    switch (message.kind) {
      case 'ready':
        failures = 0
        return
      case 'print':
        return onPrint(message.text)
      case 'closed':
        closed.add(worker)
        return finishWhenClosed()
      case 'models':
        for (const other of workers()) if (other !== worker) send(other, message)
        return
      case 'share':
        shared.set(worker, message.shared)
        return
      case 'others':
        return send(worker, { kind: 'others', id: message.id, shared: sharedByOthers(worker, message.name) })
      case 'serve':
        served.set(worker.id, message.models)
        return monitor.serve(served.all())
      case 'batch':
        return monitor.take(message.batch)
      case 'handedOver':
        return handOvers.done(worker.id, message.round)
      case 'live':
        return monitor.takeLive(message.seconds)
      case 'ask':
        return reply(worker, message)
      case 'metrics':
      case 'scrape':
        lastTold.set(worker, performance.now())
        totals.set(worker.id, message.metrics)
        if (message.kind === 'scrape') send(worker, { kind: 'scrape', id: message.id, text: await totals.text() })
    }
  }

  function sharedByOthers(worker: Worker, name: string): unknown[] {
    const others = Array.from(shared).filter(([other]) => other !== worker)
    return others.map(([, { [name]: value }]) => value).filter((value) => value !== undefined)
  }

  /** A label may come sooner than its prediction, which another process made. */
  async function reply(worker: Worker, { id, subject, question }: AskMessage): Promise<void> {
    if ('labels' in question && !question.labels.every((label) => monitor.knows(label.id))) await handOvers.all()
    send(worker, { kind: 'reply', id, reply: answer(monitor, subject, question, workers().length) })
  }

  /** One that ends alone leaves its clients to the others; when all end, each has to have closed first. */
  function finishWhenClosed(): void {
    const open = workers().some((worker) => !closed.has(worker))
    if (stopping && open) return
    for (const worker of closed) send(worker, { kind: 'finish' })
  }

  async function replace(worker: Worker, how: string | number): Promise<void> {
    log.error({ worker: worker.process.pid, how }, 'a process ended and is replaced')
    await sleep(Math.min(RESTART_MS * 2 ** failures++, MAX_RESTART_MS), undefined, { ref: false })
    if (!stopping) fork(() => {})
  }

  const watchdog = setInterval(() => {
    const now = performance.now()
    for (const [worker, at] of lastTold) {
      if (now - at < HANG_MS) continue
      log.error({ worker: worker.process.pid }, `a process told nothing for ${HANG_MS / 1000} s and is killed`)
      worker.process.kill('SIGKILL')
    }
  }, CHECK_MS).unref()

  const { metricsPort, host } = settings
  const metrics = metricsServer(() => totals.text(), Registry.PROMETHEUS_CONTENT_TYPE)
  if (metricsPort !== undefined) await listen(metrics, host, metricsPort)
  const url = await firstReady(fork(print))
  await Promise.all(Array.from({ length: settings.processes - 1 }, () => ready(fork(() => {}))))

  return {
    url,
    async stop() {
      stopping = true
      clearInterval(watchdog)
      const all = workers()
      for (const worker of all) send(worker, { kind: 'stop' })
      sleep(settings.drainDelayMs + CLOSE_MS, undefined, { ref: false }).then(() => {
        for (const worker of all) send(worker, { kind: 'finish' })
      })
      const ended = Promise.all(
        all.flatMap((worker) => [
          worker.isDead() || once(worker, 'exit'),
          // After the last of its messages.
          !worker.isConnected() || once(worker, 'disconnect'),
        ]),
      )
      await Promise.race([ended, sleep(settings.drainDelayMs + STOP_MS, undefined, { ref: false })])
      for (const worker of workers()) worker.process.kill('SIGKILL')
      metrics.close()
      metrics.closeAllConnections()
      await monitor.close()
    },
  }
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).flatMap((worker) =>
    worker === undefined || worker.isDead() ? [] : worker,
  )
}

function send(worker: Worker, message: ToWorker): void {
  // A worker that is just ending reads no more.
  if (worker.isConnected()) worker.send(message, () => {})
}

/** Its URL. @throws ApiError when it ends before */
async function firstReady(worker: Worker): Promise<string> {
  const url = await ready(worker)
  if (url === undefined) throw new ApiError('API_ERR_LISTEN', 'No process could be started.')
  return url
}

/** Its URL once it listens; undefined when it ends before. */
function ready(worker: Worker): Promise<string | undefined> {
  return new Promise((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') resolve(message.url)
    })
    worker.once('exit', () => resolve(undefined))
  })
}
