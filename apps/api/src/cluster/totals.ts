import { type MetricObjectWithValues, type MetricValue, Registry } from '@prometheus-io/client'

/** A series of one process, as `addable` gives it. */
export type Series = MetricObjectWithValues<MetricValue<string>>

/** The series of all workers as one: what each told last, and the counts of those that are gone. */
export class Totals {
  readonly #latest = new Map<number, readonly Series[]>()
  #gone: readonly Series[] = []
  readonly #own: Registry

  /** `own` holds series of the primary itself. */
  constructor(own: Registry = new Registry()) {
    this.#own = own
  }

  set(worker: number, series: readonly Series[]): void {
    this.#latest.set(worker, series)
  }

  /** The worker ended: what it counted stays, what it measured goes. */
  retire(worker: number): void {
    const counted = this.#latest.get(worker)?.filter(({ type }) => COUNTED.has(type)) ?? []
    this.#latest.delete(worker)
    this.#gone = aggregate([this.#gone, counted]).getMetricsAsArray() as Series[]
  }

  /** Prometheus text. Gauges are summed unless their own `aggregator` says otherwise. */
  async text(): Promise<string> {
    return aggregate([this.#gone, ...this.#latest.values(), await addable(this.#own)]).metrics()
  }
}

const COUNTED: ReadonlySet<unknown> = new Set(['counter', 'histogram'])

/** Everything of a process that can be added up: all but summaries, whose quantiles cannot. */
export async function addable(register: Registry): Promise<Series[]> {
  return (await register.getMetricsAsJSON()).filter(({ type }) => (type as string) !== 'summary')
}

function aggregate(lists: readonly (readonly Series[])[]): Registry {
  return Registry.aggregate(lists as Series[][])
}
