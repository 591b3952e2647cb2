import { type FeedbackResult, feedbackLine, type PredictionLog } from '@copse/monitoring'
import type { Batch } from './batch.ts'
import { keyOf, type ModelFacts } from './facts.ts'
import { Live, type LiveSecond } from './live.ts'
import type { StateStore } from './state-store.ts'
import type { Upload } from './upload.ts'
import { Watched, type WatchSettings } from './watched.ts'
import type { Webhook } from './webhook.ts'

export interface MonitorSettings extends WatchSettings {
  /** Milliseconds between two checks of the windows. */
  readonly intervalMs: number
  /** What it has beside; nothing by default. */
  readonly parts?: MonitorParts
}

export interface MonitorParts {
  /** Keeps what is known over restarts. */
  readonly store?: StateStore
  readonly log?: PredictionLog
  readonly upload?: Upload
  readonly webhook?: Webhook
}

export const MONITOR_DEFAULTS: MonitorSettings = {
  windowMs: 3_600_000,
  feedbackMs: 86_400_000,
  intervalMs: 60_000,
  check: {},
  segments: [],
}

export interface Label {
  readonly id: string
  readonly label: string | number
}

/** What a killed process loses at most. */
const SAVE_MS = 30_000
/** Model versions that are watched at once; of more, the one that served longest ago is forgotten. */
const MOST_WATCHED = 16

/** Owns what is watched of all model versions of a service, one a service: of several processes the primary has it. */
export class Monitor {
  readonly settings: MonitorSettings
  readonly live = new Live()
  /** Those taken into service last stand last. */
  readonly #watched = new Map<string, Watched>()
  #served: ReadonlySet<string> = new Set()
  readonly #timer: NodeJS.Timeout
  readonly #saver: NodeJS.Timeout | undefined

  constructor(settings: MonitorSettings = MONITOR_DEFAULTS) {
    this.settings = settings
    this.#timer = setInterval(() => this.check(), settings.intervalMs).unref()
    const { store } = this.parts
    if (store) this.#saver = setInterval(() => void store.save(this.all()), SAVE_MS).unref()
  }

  /** The model versions that serve from now on; those that did stay for the labels of their predictions. */
  serve(models: readonly ModelFacts[]): void {
    this.#served = new Set(models.map(keyOf))
    for (const facts of models) {
      const key = keyOf(facts)
      const watched = this.#watched.get(key) ?? this.#open(facts)
      this.#watched.delete(key)
      this.#watched.set(key, watched)
    }
    for (const key of this.#watched.keys()) {
      if (this.#watched.size <= Math.max(MOST_WATCHED, models.length)) break
      this.#watched.delete(key)
    }
  }

  get(key: string): Watched | undefined {
    return this.#watched.get(key)
  }

  /** The versions that serve. */
  served(): Watched[] {
    return [...this.#served].flatMap((key) => this.#watched.get(key) ?? [])
  }

  /** Those, and the ones before. */
  all(): Watched[] {
    return [...this.#watched.values()]
  }

  take(batch: Batch): void {
    const { bytes, count } = batch.lines
    if (count > 0) this.parts.log?.write(bytes, count)
    if (batch.unlogged > 0) this.parts.log?.drop(batch.unlogged)
    this.#watched.get(batch.key)?.take(batch)
  }

  takeLive(seconds: readonly LiveSecond[]): void {
    for (const second of seconds) this.live.add(second)
  }

  check(now = Date.now()): void {
    for (const watched of this.served()) {
      const before = watched.report.state
      if (watched.check(now).state === 'drift' && before !== 'drift') this.parts.webhook?.call(watched)
    }
  }

  /** Whether a label for this prediction can be joined. */
  knows(id: string): boolean {
    return this.#find(id)[0] !== undefined
  }

  /** Joins labels to their predictions; those that none is known for count for the version `otherwise`. */
  feedback(labels: readonly Label[], otherwise: string | undefined, now = Date.now()): FeedbackResult[] {
    return labels.map(({ id, label }) => {
      const [watched, known] = this.#find(id)
      const of = watched ?? (otherwise === undefined ? undefined : this.#watched.get(otherwise))
      const result = of?.label(known, label, now) ?? 'unmatched'
      this.parts.log?.write(feedbackLine(known, label, result, now))
      return result
    })
  }

  /** Writes out what is kept and what waits. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    clearInterval(this.#saver)
    const { store, log, upload, webhook } = this.parts
    await Promise.all([store?.save(this.all()), webhook?.close(), log?.close()])
    await upload?.close()
  }

  /** What it has beside. */
  get parts(): MonitorParts {
    return this.settings.parts ?? {}
  }

  /** Goes on where an earlier process ended. */
  #open(facts: ModelFacts): Watched {
    return this.parts.store?.open(facts, this.settings) ?? new Watched(facts, this.settings)
  }

  /** The version that knows a prediction, and by what id: that of a batch of one row may be said either way. */
  #find(id: string): [Watched | undefined, string] {
    for (const known of id.endsWith('.0') ? [id, id.slice(0, -2)] : [id]) {
      for (const watched of this.#watched.values()) if (watched.knows(known)) return [watched, known]
    }
    return [undefined, id]
  }
}
