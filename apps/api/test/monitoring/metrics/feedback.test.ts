import t from 'tap'
import { FEEDBACK_METRICS } from '../../../src/monitoring/metrics/feedback.ts'
import { Monitor } from '../../../src/monitoring/monitor.ts'
import { batchOf, drawn, irisFacts, mixedFacts } from '../facts.ts'

/** Samples by name, without the labels that all have. */
function values(monitor: Monitor): Record<string, unknown> {
  return Object.fromEntries(
    FEEDBACK_METRICS.map(({ name, samples }) => [
      name.replace('copse_feedback_', ''),
      Array.from(samples(monitor), ([{ model: _, version: __, ...labels }, value]) => [
        ...Object.values(labels),
        value,
      ]),
    ]).filter(([, found]) => found!.length > 0),
  )
}

t.test('before any label: counts of 0, and what needs none', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  monitor.serve([irisFacts()])
  const counts = ['matched', 'repeated', 'conflict', 'late', 'unmatched', 'invalid'].map((result) => [result, 0])
  t.strictSame(values(monitor), { total: counts, labelled: [[0]] })
  monitor.take(batchOf(irisFacts(), drawn(10, 1)))
  t.strictSame(Object.keys(values(monitor)), ['total', 'labelled', 'estimated_accuracy'])
})

t.test('with the first label all of a model of classes', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  const facts = irisFacts()
  monitor.serve([facts])
  monitor.take(batchOf(facts, [[5.9, 3, 4.2, 1.5]]))
  monitor.feedback([{ id: 'id.0', label: 'versicolor' }], undefined)
  const found = values(monitor)
  t.match(found, { labelled: [[1]], accuracy: [[1]], calibration_error: [[0.25]], recall: [['versicolor', 1]] })
  t.ok(Math.abs((found.log_loss as number[][])[0]![0]! + Math.log(0.75)) < 1e-12)
  t.notOk('rmse' in found || 'mae' in found)
})

t.test('and of a model of numbers its own', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  const facts = mixedFacts()
  monitor.serve([facts])
  const batch = batchOf(facts, [[1, 2, 0]])
  monitor.take(batch)
  monitor.feedback([{ id: 'id.0', label: batch.predictions.outputs[0]! - 3 }], undefined)
  t.match(values(monitor), { labelled: [[1]], rmse: [[3]], mae: [[3]] })
  t.notOk('accuracy' in values(monitor) || 'recall' in values(monitor))
})

t.test('counts of labels go on when a version no longer serves, for a counter must not fall; gauges end', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  const facts = irisFacts()
  monitor.serve([facts])
  monitor.take(batchOf(facts, drawn(2, 1)))
  monitor.serve([])
  t.strictSame(monitor.feedback([{ id: 'id.1', label: 'setosa' }], undefined), ['matched'])
  t.strictSame(Object.keys(values(monitor)), ['total'])
  t.match((values(monitor).total as unknown[])[0], ['matched', 1])
})
