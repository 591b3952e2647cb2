import t from 'tap'
import { DRIFT_METRICS } from '../../../src/monitoring/metrics/drift.ts'
import { Monitor } from '../../../src/monitoring/monitor.ts'
import { batchOf, drawn, irisFacts, shifted } from '../facts.ts'

function samples(monitor: Monitor, name: string) {
  const metric = DRIFT_METRICS.find((one) => one.name === name)!
  return [...metric.samples(monitor)]
}

t.test('each series of the last check, by feature and kind', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  const facts = irisFacts()
  monitor.serve([facts])
  monitor.take(batchOf(facts, shifted(300, 1, 2)))
  monitor.check()
  monitor.check()
  const states = samples(monitor, 'copse_drift_state')
  t.equal(states.length, 7)
  t.strictSame(states[0], [{ model: 'iris', version: '1', feature: 'sepal_length', kind: 'feature' }, 2])
  t.strictSame(states[1]![1], 0)
  t.match(states[4]![0], { feature: 'prediction', kind: 'prediction' })
  t.ok(samples(monitor, 'copse_drift_q_value')[0]![1] < 0.01)
  t.ok(samples(monitor, 'copse_drift_outside_ratio')[0]![1] > 0)
  t.strictSame(samples(monitor, 'copse_drift_rows'), [[{ model: 'iris', version: '1' }, 300]])
  t.strictSame(
    samples(monitor, 'copse_drift_reference_rows').map(([{ kind }, rows]) => [kind, rows]),
    [
      ['feature', 150],
      ['prediction', 150],
    ],
  )
})

t.test('bins of every row since the version was first watched, and their shares in training', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  const facts = irisFacts()
  monitor.serve([facts])
  monitor.take(batchOf(facts, drawn(40, 1)))
  const of = (name: string) =>
    samples(monitor, name).filter(([{ feature, bin }]) => feature === 'sepal_width' && /^\d+$/.test(bin!))
  const sum = (name: string) => of(name).reduce((total, [, value]) => total + value, 0)
  t.equal(sum('copse_feature_bin_total'), 40)
  t.ok(Math.abs(sum('copse_feature_reference_ratio') - 1) < 1e-12)
  t.strictSame(
    of('copse_feature_bin_total').map(([{ bin }]) => bin),
    of('copse_feature_reference_ratio').map(([{ bin }]) => bin),
  )
})

t.test('at most 64 features; the answers and signals stay', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  const facts = irisFacts()
  const [feature] = facts.reference.features
  const features = Array.from({ length: 70 }, (_, index) => ({ ...feature!, name: `f${index}` }))
  monitor.serve([{ ...facts, reference: { ...facts.reference, features } }])
  const kinds = samples(monitor, 'copse_drift_psi').map(([{ kind }]) => kind)
  t.equal(kinds.filter((kind) => kind === 'feature').length, 64)
  t.strictSame(
    kinds.filter((kind) => kind !== 'feature'),
    ['prediction', 'confidence', 'disagreement'],
  )
  const exported = new Set(samples(monitor, 'copse_feature_reference_ratio').map(([{ feature }]) => feature))
  t.equal(exported.size, 64)
})

t.test('a version that no longer serves has no series', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  monitor.serve([irisFacts()])
  monitor.serve([])
  for (const { name, samples: of } of DRIFT_METRICS) t.strictSame([...of(monitor)], [], name)
})
