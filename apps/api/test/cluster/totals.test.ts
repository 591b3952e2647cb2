import { Counter, Gauge, Histogram, Registry, Summary } from '@prometheus-io/client'
import t from 'tap'
import { addable, Totals } from '../../src/cluster/totals.ts'

/** The series of one process that counted `requests` and has `open` under way. */
function worker(requests: number, open: number) {
  const register = new Registry()
  const registers = [register]
  new Counter({ name: 'requests_total', help: 'x', labelNames: ['route'], registers }).inc({ route: '/a' }, requests)
  new Gauge({ name: 'open', help: 'x', registers }).set(open)
  new Gauge({ name: 'info', help: 'x', aggregator: 'max', registers }).set(1)
  const histogram = new Histogram({ name: 'seconds', help: 'x', buckets: [1, 2], registers })
  for (let i = 0; i < requests; i++) histogram.observe(1.5)
  new Summary({ name: 'quantiles', help: 'x', registers }).observe(1)
  return addable(register)
}

const value = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1],
  )

t.test('adds up what each told last', async (t) => {
  const totals = new Totals()
  totals.set(1, await worker(1, 1))
  totals.set(1, await worker(3, 2))
  totals.set(2, JSON.parse(JSON.stringify(await worker(4, 5))))
  const text = await totals.text()
  t.equal(value(text, 'requests_total{route="/a"}'), 7)
  t.equal(value(text, 'open'), 7)
  t.equal(value(text, 'info'), 1)
  t.equal(value(text, 'seconds_count'), 7)
  t.equal(value(text, 'seconds_bucket{le="1"}'), 0)
  t.equal(value(text, 'seconds_bucket{le="+Inf"}'), 7)
  t.notMatch(text, /quantiles/)
})

t.test('what a worker counted stays when it ends, what it measured goes', async (t) => {
  const totals = new Totals()
  for (let id = 0; id < 10; id++) {
    totals.set(id, await worker(2, 1))
    totals.retire(id)
  }
  totals.retire(99)
  totals.set(10, await worker(1, 1))
  const text = await totals.text()
  t.equal(value(text, 'requests_total{route="/a"}'), 21)
  t.equal(value(text, 'seconds_bucket{le="2"}'), 21)
  t.equal(value(text, 'open'), 1)
  t.equal(await totals.text(), text, 'reading changes nothing')
})
