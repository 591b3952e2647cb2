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
  /** It listens no more. */
  | { readonly kind: 'closed' }
  | ModelsMessage

/** What the primary tells a worker. */
export type ToWorker =
  | { readonly kind: 'stop' }
  /** No process listens any more: connections may be ended. */
  | { readonly kind: 'finish' }
  | { readonly kind: 'scrape'; readonly id: number; readonly text: string }
  | ModelsMessage

/** An admin call that every process has to follow. */
export interface ModelsMessage {
  readonly kind: 'models'
  readonly call: 'load' | 'unload'
  readonly name: string
}
