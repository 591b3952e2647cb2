import type { IFastifyMetrics } from 'fastify-metrics'
import { DurationHistogram } from '../../metrics/duration-histogram.ts'
import type { Durations } from '../../metrics/durations.ts'
import type { Answers, ServedModel } from '../../model/served.ts'
import { BUCKETS_SECONDS } from '../external/metrics.ts'

type Client = IFastifyMetrics['client']

/** Counts of one model in one dialect since the last scrape. */
export class Tally {
  readonly model: ServedModel
  /** [classes], or one count for regression. */
  readonly #counts: Float64Array
  readonly #durations: Durations

  constructor(model: ServedModel, durations: Durations) {
    this.model = model
    this.#counts = new Float64Array(classLabels(model).length)
    this.#durations = durations
  }

  add({ rows, classIds }: Answers, seconds: number): void {
    if (classIds.length === 0) this.#counts[0]! += rows
    else for (let row = 0; row < rows; row++) this.#counts[classIds[row]!]!++
    this.#durations.add(seconds)
  }

  /** Hands out the counts and starts again from 0. */
  take(receive: (label: string, count: number) => void): void {
    for (const [k, label] of classLabels(this.model).entries()) receive(label, this.#counts[k]!)
    this.#counts.fill(0)
  }
}

type PredictionLabels = Readonly<Record<'model' | 'version' | 'dialect', string>>

/** `copse_predictions_total` and `copse_prediction_duration_seconds`. Counting costs an addition; labels are made at the scrape. */
export class PredictionMetrics {
  readonly #tallies = new Map<string, WeakMap<ServedModel, Tally>>()
  /** Those not yet handed over, kept alive until the scrape after their last prediction. */
  readonly #open = new Map<Tally, PredictionLabels>()
  readonly #durations = new Map<string, Durations>()
  readonly #served: () => readonly ServedModel[]
  readonly #duration: DurationHistogram

  constructor(client: Client, served: () => readonly ServedModel[]) {
    this.#served = served
    this.#duration = new DurationHistogram(
      {
        name: 'copse_prediction_duration_seconds',
        help: 'Time that the model took for the rows of one request',
        labelNames: ['model', 'version', 'dialect'],
        register: client.register,
      },
      BUCKETS_SECONDS,
    )
    const flush = (counter: { inc(labels: Record<string, string>, value: number): void }) => this.#flush(counter)
    new client.Counter({
      name: 'copse_predictions_total',
      help: 'Rows predicted, by the class that was answered',
      labelNames: ['model', 'version', 'dialect', 'class'],
      collect() {
        flush(this)
      },
    })
  }

  addDialect(dialect: string): void {
    this.#tallies.set(dialect, new WeakMap())
  }

  tally(dialect: string, model: ServedModel): Tally {
    const tallies = this.#tallies.get(dialect)!
    let tally = tallies.get(model)
    if (tally === undefined) {
      const labels = { model: model.name, version: model.version, dialect }
      tally = new Tally(model, this.#durationsOf(labels))
      tallies.set(model, tally)
      this.#open.set(tally, labels)
    }
    return tally
  }

  /** A version that is loaded again goes on counting. */
  #durationsOf(labels: PredictionLabels): Durations {
    const key = JSON.stringify([labels.model, labels.version, labels.dialect])
    let durations = this.#durations.get(key)
    if (durations === undefined) {
      durations = this.#duration.add(labels)
      this.#durations.set(key, durations)
    }
    return durations
  }

  #flush(counter: { inc(labels: Record<string, string>, value: number): void }): void {
    const served = this.#served()
    for (const model of served) for (const dialect of this.#tallies.keys()) this.tally(dialect, model)
    for (const [tally, labels] of this.#open) {
      tally.take((label, count) => counter.inc({ ...labels, class: label }, count))
      if (!served.includes(tally.model)) this.#open.delete(tally)
    }
  }
}

/** Regression has one series, with an empty class. */
function classLabels({ signature: { target } }: ServedModel): readonly string[] {
  return target.type === 'class' ? target.classes : ['']
}
