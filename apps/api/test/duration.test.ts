import t from 'tap'
import { DURATION, durationMs } from '../src/duration.ts'

t.test('a number with its unit', async (t) => {
  t.equal(durationMs('250ms'), 250)
  t.equal(durationMs('10s'), 10_000)
  t.equal(durationMs('1.5m'), 90_000)
  t.equal(durationMs('1h'), 3_600_000)
  t.equal(durationMs('30d'), 2_592_000_000)
  t.equal(durationMs('0'), 0)
  t.equal(durationMs('0s'), 0)
})

t.test('anything else does not match', async (t) => {
  const pattern = new RegExp(DURATION)
  for (const text of ['250ms', '10s', '1.5m', '1h', '30d', '0']) t.match(text, pattern)
  for (const text of ['', '10', 's', '-1s', '1w', '1 s', '1e3s', '.5s', '1.s', '10sec']) t.notMatch(text, pattern, text)
})
