import type { LogCounts } from '@copse/monitoring'
import type { Monitor } from '../monitor.ts'
import type { MonitorMetric } from './metric.ts'

/** How the prediction log, its upload and the webhook do; of what is off, zeros. */
export const LOG_METRICS: readonly MonitorMetric[] = [
  ofLog('written_total', 'Lines that were written to the prediction log', (of) => of.written),
  ofLog(
    'dropped_total',
    'Lines that were dropped, for want of room in the queue or because writing failed',
    (of) => of.dropped,
  ),
  ofLog('bytes_total', 'Bytes that were written to the prediction log', (of) => of.bytes),
  ofResults(
    'copse_prediction_log_uploads_total',
    'Closed segments of the prediction log that were uploaded, or not for now',
    ({ parts: { upload } }) => ({ uploaded: upload?.counts.uploaded, failed: upload?.counts.failed }),
  ),
  ofResults('copse_drift_webhook_total', 'Calls of the webhook by how they ended', ({ parts: { webhook } }) => ({
    delivered: webhook?.counts.delivered,
    failed: webhook?.counts.failed,
  })),
]

function ofLog(name: string, help: string, pick: (counts: LogCounts) => number): MonitorMetric {
  return {
    type: 'counter',
    name: `copse_prediction_log_${name}`,
    help,
    labels: [],
    samples: ({ parts: { log } }) => [[{}, log ? pick(log.counts) : 0]],
  }
}

function ofResults(
  name: string,
  help: string,
  counts: (monitor: Monitor) => Readonly<Record<string, number | undefined>>,
): MonitorMetric {
  return {
    type: 'counter',
    name,
    help,
    labels: ['result'],
    samples: (monitor) => Object.entries(counts(monitor)).map(([result, count = 0]) => [{ result }, count]),
  }
}
