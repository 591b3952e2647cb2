import t from 'tap'
import { keyOf } from '../../src/monitoring/facts.ts'
import { Monitor } from '../../src/monitoring/monitor.ts'
import { answer } from '../../src/monitoring/questions.ts'
import { batchOf, drawn, irisFacts } from './facts.ts'

const facts = irisFacts()
const key = keyOf(facts)

t.test('questions and answers go between processes as they are', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  monitor.serve([facts])
  monitor.take(batchOf(facts, drawn(60, 1)))
  monitor.check()
  const labels = [
    { id: 'id.0', label: 'setosa' },
    { id: 'nobody', label: 'setosa' },
  ]
  t.strictSame(answer(monitor, 'feedback', { labels, key }, 2), ['matched', 'unmatched'])
  const drift = answer(monitor, 'drift', { key }, 2)
  const performance = answer(monitor, 'performance', { key }, 2)
  const live = answer(monitor, 'live', {}, 2)
  t.match(drift, { rows: 60, interval_seconds: 60 })
  t.match(performance, { answered: 60, labelled: 1, unmatched: 1 })
  t.match(live, { processes: 2 })
  for (const reply of [drift, performance, live]) t.strictSame(structuredClone(reply), reply)
})

t.test('of a version that is not watched nothing is known', async (t) => {
  const monitor = new Monitor()
  t.teardown(() => monitor.close())
  t.equal(answer(monitor, 'drift', { key }, 1), undefined)
  t.equal(answer(monitor, 'performance', { key }, 1), undefined)
  t.strictSame(answer(monitor, 'feedback', { labels: [{ id: 'a', label: 'b' }], key }, 1), ['unmatched'])
})
