import '../dom.ts'
import t, { type Test } from 'tap'
import { trafficView } from '../../src/views/traffic.ts'
import { LIVE } from '../answers.ts'
import { TestService, until } from '../service.ts'
import { shown, texts } from './shown.ts'

async function traffic(t: Test, live: object = LIVE) {
  const service = new TestService()
  service.answers['monitoring/live'] = live
  const made = await shown(t, trafficView, () => true, service)
  t.match(made.body().textContent, 'Asking for the traffic')
  made.page.show('traffic')
  await until(() => made.page.live.value !== undefined)
  return made
}

t.test('what goes on now as tiles, and five minutes as charts', async (t) => {
  const { body } = await traffic(t)
  t.match(body().querySelector('.lead')!.textContent, '2 processes')
  t.strictSame(texts(body(), '.tile .value'), ['10', '30', '0', '2 ms', '2 ms', '2 ms'])
  t.strictSame(texts(body(), 'figcaption h2'), ['Requests', 'Latency', 'Predictions'])
  t.equal(body().querySelectorAll('copse-chart svg').length, 3)
  t.equal(body().querySelector('figure')!.querySelectorAll('tbody tr').length, LIVE.series.length)
})

t.test('while nothing is asked there is no latency, and it is drawn all the same', async (t) => {
  const quiet = LIVE.series[0]!
  const series = LIVE.series.map(({ time }) => ({ ...quiet, time }))
  const { body } = await traffic(t, { ...LIVE, processes: 1, now: quiet, series })
  t.match(body().querySelector('.lead')!.textContent, 'one process')
  t.strictSame(texts(body(), '.tile .value'), ['0', '0', '0', '–', '–', '–'])
  t.equal(body().querySelectorAll('copse-chart').length, 3)
})
