import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { EventLoopDelay } from '../src/event-loop-delay.ts'

t.test('tells how late the loop is, and forgets it when it is on time again', async (t) => {
  const delay = new EventLoopDelay()
  t.teardown(() => delay.close())
  t.equal(delay.ms, 0)
  const end = performance.now() + 400
  while (performance.now() < end);
  while (delay.ms === 0) await sleep(1)
  t.ok(delay.ms >= 200, String(delay.ms))
  while (delay.ms >= 200) await sleep(10)
})
