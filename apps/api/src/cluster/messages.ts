import type { Batch } from '../monitoring/batch.ts'
import type { ModelFacts } from '../monitoring/facts.ts'
import type { LiveSecond } from '../monitoring/live.ts'
import type { Questions, Subject } from '../monitoring/questions.ts'
import type { Series } from './totals.ts'

/** What a worker tells the primary. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly url: string }
  /** Lines for people; only those of the first worker are printed. */
  | { readonly kind: 'print'; readonly text: string }
  /** Its series as they are now: each second, and when it ends. */
  | { readonly kind: 'metrics'; readonly metrics: readonly Series[] }
  /** It was scraped and wants the series of all. */
  | { readonly kind: 'scrape'; readonly id: number; readonly metrics: readonly Series[] }
  /** What it shares with the others, by name, as it is now: each second. */
  | { readonly kind: 'share'; readonly shared: Readonly<Record<string, unknown>> }
  /** It wants what the others shared last under a name. */
  | { readonly kind: 'others'; readonly id: number; readonly name: string }
  /** The model versions that serve from now on. */
  | { readonly kind: 'serve'; readonly models: readonly ModelFacts[] }
  /** What it predicted of late. */
  | { readonly kind: 'batch'; readonly batch: Batch }
  /** All that it predicted before it was asked to hand over is told. */
  | { readonly kind: 'handedOver'; readonly round: number }
  /** Its traffic of the last whole seconds. */
  | { readonly kind: 'live'; readonly seconds: readonly LiveSecond[] }
  /** A route wants to know something of the monitor. */
  | AskMessage
  /** It listens no more. */
  | { readonly kind: 'closed' }
  | ModelsMessage

/** What the primary tells a worker. */
export type ToWorker =
  | { readonly kind: 'stop' }
  /** No process listens any more: connections may be ended. */
  | { readonly kind: 'finish' }
  | { readonly kind: 'scrape'; readonly id: number; readonly text: string }
  | { readonly kind: 'others'; readonly id: number; readonly shared: readonly unknown[] }
  | { readonly kind: 'reply'; readonly id: number; readonly reply: unknown }
  /** Tell what you predicted now: a label came for a prediction that is not known. */
  | { readonly kind: 'handOver'; readonly round: number }
  | ModelsMessage

/** An admin call that every process has to follow. */
export interface ModelsMessage {
  readonly kind: 'models'
  readonly call: 'load' | 'unload'
  readonly name: string
}

export interface AskMessage {
  readonly kind: 'ask'
  readonly id: number
  readonly subject: Subject
  readonly question: Questions[Subject]
}
