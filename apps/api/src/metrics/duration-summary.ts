import { Summary } from '@prometheus-io/client'
import type { Labels, MetricDescription } from './metric.ts'
import { Quantiles } from './quantiles.ts'

/** As `fastify-metrics` has them. */
const SHARES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999] as const

/** A summary of seconds whose series are held by those who add to them, as those of `DurationHistogram` are. */
export class DurationSummary extends Summary<string> {
  readonly #all = new Map<Labels, Quantiles>()
  readonly #name: string

  constructor({ name, help, labelNames, register }: MetricDescription) {
    super({ name, help, labelNames: [...labelNames], registers: [register] })
    this.#name = name
  }

  /** A new series; no other has these labels. */
  add(labels: Labels): Quantiles {
    const quantiles = new Quantiles()
    this.#all.set(labels, quantiles)
    return quantiles
  }

  override async get() {
    const values = Array.from(this.#all, ([labels, quantiles]) => valuesOf(this.#name, labels, quantiles)).flat()
    return { ...(await super.get()), values }
  }
}

function valuesOf(name: string, labels: Labels, quantiles: Quantiles) {
  return [
    ...SHARES.map((quantile) => ({ labels: { quantile, ...labels }, value: quantiles.at(quantile) })),
    { metricName: `${name}_sum`, labels, value: quantiles.sum },
    { metricName: `${name}_count`, labels, value: quantiles.count },
  ]
}
