import type * as client from '@prometheus-io/client'
import { DRIFT_METRICS } from './metrics/drift.ts'
import { FEEDBACK_METRICS } from './metrics/feedback.ts'
import { LOG_METRICS } from './metrics/log.ts'
import type { MonitorMetric } from './metrics/metric.ts'
import { SEGMENT_METRICS } from './metrics/segments.ts'
import type { Monitor } from './monitor.ts'

/** The part of the client that makes series; `registers` is absent for the global one. */
export interface Metrics {
  readonly client: Pick<typeof client, 'Counter' | 'Gauge'>
  readonly registers?: client.Registry[]
}

export const MONITOR_METRICS: readonly MonitorMetric[] = [
  ...DRIFT_METRICS,
  ...LOG_METRICS,
  ...SEGMENT_METRICS,
  ...FEEDBACK_METRICS,
]

/** Registers the series of a monitor; each is computed at the scrape, so what is no longer there has none. */
export function monitorMetrics(monitor: Monitor, { client: { Counter, Gauge }, registers }: Metrics): void {
  for (const { type, name, help, labels, samples } of MONITOR_METRICS) {
    const options = { ...(registers && { registers }), name, help, labelNames: [...labels] }
    if (type === 'gauge') {
      new Gauge({
        ...options,
        collect() {
          this.reset()
          for (const [of, value] of samples(monitor)) this.set({ ...of }, value)
        },
      })
    } else {
      // The totals are kept elsewhere.
      new Counter({
        ...options,
        collect() {
          this.reset()
          for (const [of, value] of samples(monitor)) this.inc({ ...of }, value)
        },
      })
    }
  }
}
