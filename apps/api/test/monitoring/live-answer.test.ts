import t from 'tap'
import { Check } from 'typebox/value'
import { Live } from '../../src/monitoring/live.ts'
import { liveAnswer } from '../../src/monitoring/live-answer.ts'
import { LiveAnswer } from '../../src/schemas/monitoring.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 7)

t.test('traffic of the last whole seconds, and of five minutes in points of five', async (t) => {
  const live = new Live()
  for (let i = 0; i < 10; i++) live.answered(NOW - 3000, 4, 0.002)
  live.failed(NOW - 3000)
  const answer = liveAnswer(live, 3, NOW)
  t.ok(Check(LiveAnswer, answer))
  t.match(answer, { processes: 3, step_seconds: 5 })
  t.match(answer.now, {
    time: new Date(NOW - 5000).toISOString(),
    requests_per_second: 2,
    errors_per_second: 0.2,
    predictions_per_second: 8,
  })
  const { p50, p99 } = answer.now.latency_seconds
  t.ok(p50! >= 0.002 && p50! < 0.0022 && p99 === p50, 'to a tenth')
  t.equal(answer.series.at(-1)!.time, new Date(NOW - 7000).toISOString())
  t.equal(answer.series.at(-1)!.requests_per_second, 2)
})

t.test('a service that nobody asks answers rates of 0 and no latency', async (t) => {
  const answer = liveAnswer(new Live(), 1, NOW)
  t.ok(Check(LiveAnswer, answer))
  for (const point of [answer.now, ...answer.series]) {
    t.match(point, {
      requests_per_second: 0,
      errors_per_second: 0,
      latency_seconds: { p50: null, p95: null, p99: null },
    })
  }
})
