import t from 'tap'
import { LIVE_SECONDS, Live } from '../../src/monitoring/live.ts'

const NOW = 1_000_000_000_000

t.test('rates and quantiles of the last whole seconds', async (t) => {
  const live = new Live()
  for (let i = 0; i < 100; i++) live.answered(NOW - 1000, 2, (i + 1) / 1000)
  live.failed(NOW - 2000)
  live.answered(NOW, 1, 9)
  const { requestsPerSecond, predictionsPerSecond, errorsPerSecond, p50, p95, p99 } = live.latest(NOW)
  t.strictSame([requestsPerSecond, predictionsPerSecond, errorsPerSecond], [20, 40, 0.2])
  for (const [found, exact] of [
    [p50, 0.05],
    [p95, 0.095],
    [p99, 0.099],
  ] as const) {
    t.ok(found! >= exact * 0.99 && found! <= exact * 1.11, `${found} for ${exact}`)
  }
  t.strictSame([new Live().latest(NOW).p50, new Live().latest(NOW).requestsPerSecond], [null, 0])
})

t.test('what several processes tell adds up to what one would have counted', async (t) => {
  const [one, a, b, sum] = [new Live(), new Live(), new Live(), new Live()]
  for (let i = 0; i < 200; i++) {
    const seconds = 1e-5 * 1.13 ** (i % 120)
    const at = NOW - 1000 * (i % 250)
    one.answered(at, i, seconds)
    ;(i % 3 === 0 ? a : b).answered(at, i, seconds)
  }
  for (const part of [a, b])
    for (const second of part.between(NOW / 1000 - LIVE_SECONDS, NOW / 1000 + 1)) sum.add(second)
  t.strictSame(sum.series(NOW), one.series(NOW))
  t.equal(one.series(NOW).length, 59)
})

t.test('memory is fixed: what is older is forgotten', async (t) => {
  const live = new Live()
  live.answered(NOW, 1, 1)
  live.answered(NOW + LIVE_SECONDS * 1000, 1, 1)
  live.answered(NOW, 1, 1)
  t.equal(live.between(NOW / 1000, NOW / 1000 + LIVE_SECONDS + 1).length, 1)
})
