import type { Monitor } from '../monitor.ts'
import type { Watched } from '../watched.ts'

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** A metric of a monitor. */
export interface MonitorMetric {
  readonly type: 'gauge' | 'counter'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** Its samples as they are now, each with all of `labels`. */
  readonly samples: (monitor: Monitor) => Iterable<Sample>
}

/** What the metrics of a model version have in common. */
interface VersionMetric extends Pick<MonitorMetric, 'type' | 'name' | 'help'> {
  /** Beside `model` and `version`. */
  readonly labels?: readonly string[]
  readonly samples: (watched: Watched) => Iterable<Sample>
}

/** A metric of every version that serves. */
export function ofServed(metric: VersionMetric): MonitorMetric {
  return ofVersions(metric, (monitor) => monitor.served())
}

/** A metric of every version that is watched, also of those that no longer serve. */
export function ofAll(metric: VersionMetric): MonitorMetric {
  return ofVersions(metric, (monitor) => monitor.all())
}

function ofVersions(
  { labels = [], samples, ...of }: VersionMetric,
  pick: (monitor: Monitor) => Watched[],
): MonitorMetric {
  return {
    ...of,
    labels: ['model', 'version', ...labels],
    *samples(monitor) {
      for (const watched of pick(monitor)) {
        const { name: model, version } = watched.facts
        for (const [own, value] of samples(watched)) yield [{ model, version, ...own }, value]
      }
    },
  }
}
