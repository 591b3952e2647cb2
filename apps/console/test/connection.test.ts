import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Connection } from '../src/connection.ts'

t.test('lost, it probes after about a second, and later and later', async (t) => {
  const changes: string[] = []
  let probes = 0
  const connection = new Connection(
    () => probes++,
    (came) => changes.push(came ?? 'lost'),
  )
  connection.lost()
  t.notOk(connection.up)
  const first = connection.nextAt - Date.now()
  t.ok(first > 700 && first <= 1250, `${first} ms`)
  connection.lost()
  t.strictSame(changes, ['lost'], 'one that is waited for is lost once')
  connection.tryNow()
  t.equal(probes, 1)
  connection.lost()
  const second = connection.nextAt - Date.now()
  t.ok(second > 1400 && second <= 2500, `${second} ms`)
  connection.reached()
  t.ok(connection.up)
  t.strictSame(changes, ['lost', 'lost', 'back'])
  await sleep(0)
})

t.test('an answer while all is well changes nothing', async (t) => {
  const changes: unknown[] = []
  new Connection(
    () => {},
    (came) => changes.push(came),
  ).reached()
  t.strictSame(changes, [])
})
