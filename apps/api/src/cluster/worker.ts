import type { FastifyInstance } from 'fastify'
import { type Member, type Service, startService } from '../service.ts'
import type { Settings } from '../settings.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { PendingReplies } from './pending-replies.ts'
import { remoteMonitoring } from './remote-monitoring.ts'
import { addable } from './totals.ts'

const TELL_MS = 1000

/**
 * Starts one of the processes behind a primary: a service that tells its series and what it shares each second, and its
 * series at its end, answers a scrape with those of all, and follows the admin calls of the others.
 */
export async function startWorker(settings: Settings): Promise<Service> {
  let member: Membership | undefined
  const print = (text: string) => tell({ kind: 'print', text })
  const joined = (app: FastifyInstance) => {
    member = join(app)
    return member
  }
  const service = await startService(settings, print, joined, remoteMonitoring(process))
  tell({ kind: 'ready', url: service.url })
  return {
    url: service.url,
    async stop() {
      await service.stop()
      await member?.tellLast()
    },
  }
}

interface Membership extends Member {
  /** Tells the series for the last time. */
  tellLast(): Promise<void>
}

function join(app: FastifyInstance): Membership {
  const { register } = app.metrics.client
  const scrapes = new PendingReplies<string>()
  const others = new PendingReplies<readonly unknown[]>()
  let finish: (() => void) | undefined

  process.on('message', (message: ToWorker) => {
    if (message.kind === 'finish') {
      finish?.()
    } else if (message.kind === 'stop') {
      process.kill(process.pid, 'SIGTERM')
    } else if (message.kind === 'scrape') {
      scrapes.settle(message.id, message.text)
    } else if (message.kind === 'others') {
      others.settle(message.id, message.shared)
    } else if (message.kind === 'handOver') {
      app.drainPredictions()
      tell({ kind: 'handedOver', round: message.round })
    } else if (message.kind === 'models') {
      void app.models.follow(message.call, message.name)
    }
  })

  app.models.onCall = (call, name) => tell({ kind: 'models', call, name })
  app.scrape = async () => {
    const metrics = await addable(register)
    return scrapes.ask((id) => tell({ kind: 'scrape', id, metrics }))
  }
  app.processes.others = (name) => others.ask((id) => tell({ kind: 'others', id, name }))

  const timer = setInterval(async () => {
    tell({ kind: 'share', shared: app.processes.own() })
    tell({ kind: 'metrics', metrics: await addable(register) })
  }, TELL_MS).unref()
  return {
    async allClosed() {
      if (!process.connected) return
      const finished = new Promise<void>((resolve) => {
        finish = resolve
        process.once('disconnect', resolve)
      })
      tell({ kind: 'closed' })
      await finished
    },
    async tellLast() {
      clearInterval(timer)
      const metrics = await addable(register)
      await new Promise<void>((resolve) => {
        if (process.connected) process.send!({ kind: 'metrics', metrics } satisfies FromWorker, () => resolve())
        else resolve()
      })
    },
  }
}

function tell(message: FromWorker): void {
  // The primary may be gone: then this process ends too.
  if (process.connected) process.send!(message, () => {})
}
