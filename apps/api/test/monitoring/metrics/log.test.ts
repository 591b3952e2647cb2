import { PredictionLog, type Segment, type SegmentSink } from '@copse/monitoring'
import t from 'tap'
import { LOG_METRICS } from '../../../src/monitoring/metrics/log.ts'
import { MONITOR_DEFAULTS, Monitor } from '../../../src/monitoring/monitor.ts'
import { Webhook } from '../../../src/monitoring/webhook.ts'

function values(monitor: Monitor): Record<string, number> {
  return Object.fromEntries(
    LOG_METRICS.flatMap(({ name, samples }) =>
      Array.from(samples(monitor), ([{ result }, value]) => [result ? `${name} ${result}` : name, value]),
    ),
  )
}

t.test('what is off counts 0, so that alerts have a series', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  t.strictSame(values(monitor), {
    copse_prediction_log_written_total: 0,
    copse_prediction_log_dropped_total: 0,
    copse_prediction_log_bytes_total: 0,
    'copse_prediction_log_uploads_total uploaded': 0,
    'copse_prediction_log_uploads_total failed': 0,
    'copse_drift_webhook_total delivered': 0,
    'copse_drift_webhook_total failed': 0,
  })
})

t.test('lines that are written and lines that cannot be', async (t) => {
  let full = false
  const segment: Segment = {
    async write() {
      if (full) throw new Error('no space left')
    },
    async sync() {},
    async close() {},
  }
  const sink: SegmentSink = { open: async () => segment }
  const log = new PredictionLog(sink)
  const webhook = new Webhook({ url: 'http://127.0.0.1:1/', onFailure: () => {} })
  webhook.counts.failed = 3
  const monitor = new Monitor({ ...MONITOR_DEFAULTS, parts: { log, webhook } })
  log.write('{"a":1}\n{"a":2}\n', 2)
  await log.flush()
  full = true
  log.write('{"a":3}\n', 1)
  await log.flush()
  t.match(values(monitor), {
    copse_prediction_log_written_total: 2,
    copse_prediction_log_dropped_total: 1,
    copse_prediction_log_bytes_total: 16,
    'copse_drift_webhook_total failed': 3,
  })
  await monitor.close()
})
