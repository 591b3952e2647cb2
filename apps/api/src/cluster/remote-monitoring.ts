import { ApiError } from '../errors.ts'
import { Live } from '../monitoring/live.ts'
import type { Monitoring } from '../monitoring/monitoring.ts'
import type { Replies } from '../monitoring/questions.ts'
import type { FromWorker, ToWorker } from './messages.ts'

const TELL_MS = 1000
const REPLY_MS = 5000

/** The part of `process` that leads to the primary. */
export interface Channel {
  readonly connected: boolean
  send?(message: FromWorker, sent?: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: ToWorker) => void): unknown
}

/** The monitor of the primary, as one of its processes sees it; one that takes longer than `replyMs` hangs. */
export function remoteMonitoring(channel: Channel, replyMs = REPLY_MS): Monitoring {
  const live = new Live()
  const waiting = new Map<number, (reply: never) => void>()
  let asked = 0
  let told = Math.floor(Date.now() / 1000)

  channel.on('message', (message) => {
    if (message.kind !== 'reply') return
    waiting.get(message.id)?.(message.reply as never)
    waiting.delete(message.id)
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
    ask(subject, question) {
      const id = ++asked
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(id)
          reject(new ApiError('API_ERR_INTERNAL', 'The primary process did not answer.'))
        }, replyMs)
        waiting.set(id, (reply: Replies[typeof subject]) => {
          clearTimeout(late)
          resolve(reply)
        })
        tell({ kind: 'ask', id, subject, question })
      })
    },
    async close() {
      clearInterval(timer)
      await new Promise<void>((resolve) => tellLive(Math.floor(Date.now() / 1000) + 1, resolve))
    },
  }
}
