import { Histogram } from '@prometheus-io/client'
import { Durations } from './durations.ts'
import type { Labels, MetricDescription } from './metric.ts'

/**
 * A histogram of seconds whose series are held by those who add to them. The client's own looks a series up by its labels
 * at each observation; to the registry this one is the same.
 */
export class DurationHistogram extends Histogram<string> {
  readonly #all = new Map<Labels, Durations>()
  readonly #name: string
  readonly #bounds: readonly number[]

  /** `bounds` are the buckets' upper bounds in seconds, ascending. */
  constructor({ name, help, labelNames, register }: MetricDescription, bounds: readonly number[]) {
    super({ name, help, labelNames: [...labelNames], registers: [register], buckets: [...bounds] })
    this.#name = name
    this.#bounds = bounds
  }

  /** A new series; no other has these labels. */
  add(labels: Labels): Durations {
    const durations = new Durations(this.#bounds)
    this.#all.set(labels, durations)
    return durations
  }

  /** What both `get` and the registry's text are made of. */
  async getForPromString() {
    const values = Array.from(this.#all, ([labels, durations]) => valuesOf(this.#name, labels, durations)).flat()
    const { name, help, type, aggregator } = this as unknown as Record<string, string>
    return { name, help, type, aggregator, values }
  }
}

function valuesOf(name: string, sharedLabels: Labels, { bounds, counts, sum }: Durations) {
  let count = 0
  const buckets = Array.from(counts, (inBucket, i) => {
    count += inBucket
    return { metricName: `${name}_bucket`, labels: { le: bounds[i] ?? '+Inf' }, sharedLabels, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
    { metricName: `${name}_count`, labels: {}, sharedLabels, value: count },
  ]
}
