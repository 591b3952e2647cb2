import type { Registry } from '@prometheus-io/client'

export type Labels = Readonly<Record<string, string | number>>

/** What a metric is called, and where it is registered. */
export interface MetricDescription {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly register: Registry
}
