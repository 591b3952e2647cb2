import t from 'tap'
import { ofAll, ofServed, type Sample } from '../../../src/monitoring/metrics/metric.ts'
import { MONITOR_METRICS } from '../../../src/monitoring/metrics.ts'
import { Monitor } from '../../../src/monitoring/monitor.ts'
import { irisFacts } from '../facts.ts'

t.test('a metric of versions tells each by model and version, those that serve or all', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  monitor.serve([irisFacts('1')])
  monitor.serve([irisFacts('2')])
  const of = {
    type: 'gauge',
    name: 'copse_x',
    help: 'x',
    labels: ['side'],
    samples: (): Sample[] => [[{ side: 'left' }, 7]],
  } as const
  t.strictSame(ofServed(of).labels, ['model', 'version', 'side'])
  t.strictSame([...ofServed(of).samples(monitor)], [[{ model: 'iris', version: '2', side: 'left' }, 7]])
  t.strictSame(
    Array.from(ofAll(of).samples(monitor), ([{ version }]) => version),
    ['1', '2'],
  )
})

t.test('every metric is named as Prometheus has it, and its samples have all of its labels', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  monitor.serve([irisFacts()])
  t.equal(new Set(MONITOR_METRICS.map(({ name }) => name)).size, MONITOR_METRICS.length)
  for (const { name, type, help, labels, samples } of MONITOR_METRICS) {
    t.match(name, type === 'counter' ? /^copse_[a-z_]+_total$/ : /^copse_[a-z_]+$/)
    t.notOk(type === 'gauge' && name.endsWith('_total'), name)
    t.ok(help.length > 10)
    for (const [of] of samples(monitor)) t.strictSame(Object.keys(of), [...labels], name)
  }
})
