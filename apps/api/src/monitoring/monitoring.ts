import type { Batch } from './batch.ts'
import type { ModelFacts } from './facts.ts'
import type { Live } from './live.ts'
import type { Monitor } from './monitor.ts'
import { answer, type Questions, type Replies, type Subject } from './questions.ts'

/** The monitor as a serving process sees it: its own, or that of the primary of several. */
export interface Monitoring {
  /** Where this process counts its requests. */
  readonly live: Live
  /** Present where this process owns the monitor. */
  readonly monitor?: Monitor
  /** The model versions that serve from now on. */
  serve(models: readonly ModelFacts[]): void
  /** Takes what was counted; its arrays may be reused afterwards. */
  take(batch: Batch): void
  ask<S extends Subject>(subject: S, question: Questions[S]): Promise<Replies[S]>
  close(): Promise<void>
}

/** The monitor of a service of one process. */
export function ownMonitoring(monitor: Monitor): Monitoring {
  return {
    live: monitor.live,
    monitor,
    serve: (models) => monitor.serve(models),
    take: (batch) => monitor.take(batch),
    ask: async (subject, question) => answer(monitor, subject, question, 1),
    close: () => monitor.close(),
  }
}
