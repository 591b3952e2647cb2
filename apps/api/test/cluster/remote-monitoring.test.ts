import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { FromWorker, ToWorker } from '../../src/cluster/messages.ts'
import { remoteMonitoring } from '../../src/cluster/remote-monitoring.ts'
import { batchOf, drawn, irisFacts } from '../monitoring/facts.ts'

/** A channel to a primary that a test plays. */
function channel(t: Test, replyMs?: number) {
  const sent: FromWorker[] = []
  let listener: (message: ToWorker) => void = () => {}
  const state = { connected: true }
  const monitoring = remoteMonitoring(
    {
      get connected() {
        return state.connected
      },
      send(message, done) {
        // As the channel does: what is sent is a copy.
        sent.push(structuredClone(message))
        setImmediate(() => done?.(null))
        return true
      },
      on(_event, heard) {
        listener = heard
      },
    },
    replyMs,
  )
  t.teardown(() => monitoring.close())
  const asked = () => sent.filter((message) => message.kind === 'ask')
  return { monitoring, sent, asked, state, tell: (message: ToWorker) => listener(message) }
}

t.test('what is served and predicted is told to the primary, whose monitor it is', async (t) => {
  const { monitoring, sent } = channel(t)
  t.equal(monitoring.monitor, undefined)
  const facts = irisFacts()
  monitoring.serve([facts])
  const batch = batchOf(facts, drawn(2, 1))
  monitoring.take(batch)
  batch.cells.fill(0)
  t.strictSame(sent[0], { kind: 'serve', models: [facts] })
  const [, told] = sent
  t.ok(told?.kind === 'batch' && told.batch.cells[0] === 2, 'its arrays may be used again')
})

t.test('an answer goes to the question with its id, in whatever order they come', async (t) => {
  const { monitoring, asked, tell } = channel(t)
  const first = monitoring.ask('drift', { key: 'a' })
  const second = monitoring.ask('feedback', { labels: [{ id: 'x', label: 'y' }], key: undefined })
  const [one, two] = asked()
  t.match(one, { subject: 'drift', question: { key: 'a' } })
  t.match(two, { subject: 'feedback', question: { labels: [{ id: 'x', label: 'y' }] } })
  tell({ kind: 'finish' })
  tell({ kind: 'reply', id: 99, reply: 'nobody asked' })
  tell({ kind: 'reply', id: two!.id, reply: ['matched'] })
  tell({ kind: 'reply', id: one!.id, reply: undefined })
  t.equal(await first, undefined)
  t.strictSame(await second, ['matched'])
  tell({ kind: 'reply', id: two!.id, reply: ['unmatched'] })
  t.strictSame(await second, ['matched'], 'a second answer is none')
})

t.test('a primary that hangs is given up, with a code', async (t) => {
  const { monitoring, asked, tell } = channel(t, 5)
  const question = monitoring.ask('live', {})
  const refused = t.rejects(question, { code: 'API_ERR_INTERNAL', message: 'The primary process did not answer.' })
  await refused
  tell({ kind: 'reply', id: asked()[0]!.id, reply: {} })
})

t.test('traffic is told by the second, each once, and the rest at the end', async (t) => {
  const { monitoring, sent } = channel(t)
  const now = Date.now()
  monitoring.live.answered(now, 3, 0.001)
  monitoring.live.answered(now, 2, 0.001)
  await monitoring.close()
  const seconds = sent.flatMap((message) => (message.kind === 'live' ? message.seconds : []))
  t.strictSame(
    seconds.map(({ second, requests, predictions }) => [second, requests, predictions]),
    [[Math.floor(now / 1000), 2, 5]],
  )
})

t.test('a primary that is gone is told nothing, and nothing waits for it', async (t) => {
  const { monitoring, sent, state } = channel(t)
  state.connected = false
  monitoring.serve([])
  monitoring.live.failed(Date.now())
  await monitoring.close()
  await sleep(0)
  t.strictSame(sent, [])
})
