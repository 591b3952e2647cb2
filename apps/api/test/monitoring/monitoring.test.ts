import t from 'tap'
import { keyOf } from '../../src/monitoring/facts.ts'
import { Monitor } from '../../src/monitoring/monitor.ts'
import { ownMonitoring } from '../../src/monitoring/monitoring.ts'
import { batchOf, drawn, irisFacts } from './facts.ts'

t.test('the monitor of one process is its own: what it takes it answers', async (t) => {
  const monitor = new Monitor()
  const monitoring = ownMonitoring(monitor)
  t.equal(monitoring.monitor, monitor)
  t.equal(monitoring.live, monitor.live)
  const facts = irisFacts()
  const key = keyOf(facts)
  t.equal(await monitoring.ask('drift', { key }), undefined)
  monitoring.serve([facts])
  const batch = batchOf(facts, drawn(60, 1))
  monitoring.take(batch)
  batch.cells.fill(0)
  batch.predictions.outputs.fill(0)
  monitor.check()
  t.match(await monitoring.ask('drift', { key }), { rows: 60 })
  t.match(await monitoring.ask('live', {}), { processes: 1 })
  t.strictSame(await monitoring.ask('feedback', { labels: [{ id: 'id.0', label: 'setosa' }], key }), ['matched'])
  t.ok((await monitoring.ask('performance', { key }))!.estimate.accuracy! > 0.5, 'its arrays could be used again')
  await monitoring.close()
})
