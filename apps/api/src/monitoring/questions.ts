import type { FeedbackResult } from '@copse/monitoring'
import type { DriftAnswer, LiveAnswer, PerformanceAnswer } from '../schemas/monitoring.ts'
import { driftAnswer } from './drift-answer.ts'
import { liveAnswer } from './live-answer.ts'
import type { Label, Monitor } from './monitor.ts'
import { performanceAnswer } from './performance-answer.ts'

/** What a route asks of the monitor of its service, as plain data that another process can be sent. */
export interface Questions {
  /** Of the model version with this key. */
  drift: { readonly key: string }
  performance: { readonly key: string }
  live: Record<string, never>
  /** `key` is the version that labels of unknown predictions count for. */
  feedback: { readonly labels: readonly Label[]; readonly key: string | undefined }
}

export interface Replies {
  /** undefined when the version is not watched. */
  drift: DriftAnswer | undefined
  performance: PerformanceAnswer | undefined
  live: LiveAnswer
  feedback: FeedbackResult[]
}

export type Subject = keyof Questions

const ANSWERS: {
  readonly [S in Subject]: (monitor: Monitor, question: Questions[S], processes: number) => Replies[S]
} = {
  drift(monitor, { key }) {
    const watched = monitor.get(key)
    return watched && driftAnswer(watched, monitor.settings.intervalMs)
  },
  performance(monitor, { key }) {
    const watched = monitor.get(key)
    return watched && performanceAnswer(watched)
  },
  live: (monitor, _question, processes) => liveAnswer(monitor.live, processes),
  feedback: (monitor, { labels, key }) => monitor.feedback(labels, key),
}

/** The answer to a question; `processes` is how many the service has. */
export function answer<S extends Subject>(
  monitor: Monitor,
  subject: S,
  question: Questions[S],
  processes: number,
): Replies[S] {
  return ANSWERS[subject](monitor, question, processes)
}
