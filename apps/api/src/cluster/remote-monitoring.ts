import { Live } from '../monitoring/live.ts'
import type { Monitoring } from '../monitoring/monitoring.ts'
import type { Replies } from '../monitoring/questions.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { PendingReplies } from './pending-replies.ts'

const TELL_MS = 1000

/** The part of `process` that leads to the primary. */
export interface Channel {
  readonly connected: boolean
  send?(message: FromWorker, sent?: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: ToWorker) => void): unknown
}

/** The monitor of the primary, as one of its processes sees it; one that takes longer than `patienceMs` to reply hangs. */
export function remoteMonitoring(channel: Channel, patienceMs?: number): Monitoring {
  const live = new Live()
  const replies = new PendingReplies<unknown>(patienceMs)
  let told = Math.floor(Date.now() / 1000)

  channel.on('message', (message) => {
    if (message.kind === 'reply') replies.settle(message.id, message.reply)
  })

  /** The primary may be gone: then this process ends too. */
  function tell(message: FromWorker, sent?: () => void): void {
    if (channel.connected && channel.send) channel.send(message, () => sent?.())
    else sent?.()
  }

  function tellLive(until: number, sent?: () => void): void {
    const seconds = live.between(told, until)
    told = Math.max(told, until)
    if (seconds.length > 0 || sent) tell({ kind: 'live', seconds }, sent)
  }

  const timer = setInterval(() => tellLive(Math.floor(Date.now() / 1000)), TELL_MS).unref()
  return {
    live,
    serve: (models) => tell({ kind: 'serve', models }),
    take: (batch) => tell({ kind: 'batch', batch }),
    async ask(subject, question) {
      const reply = await replies.ask((id) => tell({ kind: 'ask', id, subject, question }))
      return reply as Replies[typeof subject]
    },
    async close() {
      clearInterval(timer)
      await new Promise<void>((resolve) => tellLive(Math.floor(Date.now() / 1000) + 1, resolve))
    },
  }
}
