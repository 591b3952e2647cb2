import t from 'tap'
import { SEGMENT_METRICS } from '../../../src/monitoring/metrics/segments.ts'
import { MONITOR_DEFAULTS, Monitor } from '../../../src/monitoring/monitor.ts'
import { batchOf, irisFacts } from '../facts.ts'

t.test('predictions, confidence, labels and correct ones by segment, value and class', async (t) => {
  const segments = [{ name: 'plan', header: 'x-plan', values: ['free', 'pro'] }]
  const monitor = new Monitor({ ...MONITOR_DEFAULTS, segments })
  t.teardown(() => monitor.close())
  monitor.serve([irisFacts()])
  monitor.take(batchOf(irisFacts(), [[5.9, 3, 4.2, 1.5]], 'a', 1))
  monitor.feedback([{ id: 'a.0', label: 'setosa' }], undefined)
  const found = SEGMENT_METRICS.map(({ name, samples }) => {
    const all = [...samples(monitor)]
    t.equal(all.length, 9, 'every value and class has its series from the beginning')
    return [name, ...all.flatMap(([labels, value]) => (value > 0 ? [labels.value, labels.class, value] : []))]
  })
  t.strictSame(found, [
    ['copse_segment_predictions_total', 'pro', 'versicolor', 1],
    ['copse_segment_confidence_total', 'pro', 'versicolor', 0.75],
    ['copse_segment_labels_total', 'pro', 'setosa', 1],
    ['copse_segment_correct_total'],
  ])
})

t.test('without a declaration there is none', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  monitor.serve([irisFacts()])
  for (const { samples } of SEGMENT_METRICS) t.strictSame([...samples(monitor)], [])
})
