import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Announcer } from '../src/announcer.ts'

t.test('of what is said at once only the last is, and it is drawn once', async (t) => {
  let changes = 0
  const announcer = new Announcer(() => changes++)
  t.equal(announcer.said, '')
  announcer.say('one')
  announcer.say('two')
  t.equal(announcer.said, '', 'not while something is still changing')
  await sleep(20)
  t.equal(announcer.said, 'two')
  t.equal(changes, 1)
})
