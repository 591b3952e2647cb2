import type { SegmentCount } from '../segment-counts.ts'
import { type MonitorMetric, ofServed } from './metric.ts'

/** What is counted by declared segment, value and class. */
export const SEGMENT_METRICS: readonly MonitorMetric[] = [
  ofSegments('predictions', 'Rows by segment and answered class'),
  ofSegments('confidence', 'Sum of the confidences of these rows'),
  ofSegments('labels', 'Labels by segment and class, where they met their prediction'),
  ofSegments('correct', 'Those of them that had been answered'),
]

function ofSegments(count: 'predictions' | 'confidence' | 'labels' | 'correct', help: string): MonitorMetric {
  const sample = (of: SegmentCount) => [{ segment: of.segment, value: of.value, class: of.class }, of[count]] as const
  return ofServed({
    type: 'counter',
    name: `copse_segment_${count}_total`,
    help,
    labels: ['segment', 'value', 'class'],
    samples: ({ segments }) => Array.from(segments.counts(), sample),
  })
}
