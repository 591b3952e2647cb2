import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Latest } from '../src/latest.ts'

interface Asked {
  readonly question: number
  readonly signal: AbortSignal
  answer(value: string): void
  fail(error: Error): void
}

function watched(patienceMs?: number) {
  const asked: Asked[] = []
  const told: string[] = []
  const latest = new Latest<number, string>(
    (question, signal) =>
      new Promise((answer, fail) => {
        signal.addEventListener('abort', () => fail(signal.reason as Error))
        asked.push({ question, signal, answer, fail })
      }),
    (answer) => told.push(answer),
    (error) => told.push((error as Error).message),
    patienceMs,
  )
  return { asked, told, latest }
}

t.test('one question at a time, and of those that wait the last', async (t) => {
  const { asked, told, latest } = watched()
  for (const question of [1, 2, 3, 4]) latest.ask(question)
  t.strictSame(
    asked.map(({ question }) => question),
    [1],
  )
  asked[0]!.answer('one')
  await sleep(0)
  t.strictSame(told, ['one'])
  t.strictSame(
    asked.map(({ question }) => question),
    [1, 4],
  )
  asked[1]!.answer('four')
  await sleep(0)
  t.strictSame(told, ['one', 'four'])
  t.notOk(latest.busy)
})

t.test('a slow one is given up when there is a newer one, and never told', async (t) => {
  const { asked, told, latest } = watched(5)
  latest.ask(1)
  await sleep(20)
  t.notOk(asked[0]!.signal.aborted, 'as long as nobody waits it may take its time')
  latest.ask(2)
  await sleep(0)
  t.ok(asked[0]!.signal.aborted)
  asked[1]!.answer('two')
  await sleep(0)
  t.strictSame(told, ['two'])
})

t.test('one that gets slow while another waits is given up too', async (t) => {
  const { asked, latest } = watched(5)
  latest.ask(1)
  latest.ask(2)
  await sleep(30)
  t.ok(asked[0]!.signal.aborted)
  t.equal(asked.at(-1)!.question, 2)
  latest.cancel()
})

t.test('an error is told, and the next question is asked', async (t) => {
  const { asked, told, latest } = watched()
  latest.ask(1)
  latest.ask(2)
  asked[0]!.fail(new Error('refused'))
  await sleep(0)
  asked[1]!.answer('two')
  await sleep(0)
  t.strictSame(told, ['refused', 'two'])
})

t.test('cancelled, nothing is told', async (t) => {
  const { asked, told, latest } = watched()
  latest.ask(1)
  latest.ask(2)
  latest.cancel()
  await sleep(0)
  t.ok(asked[0]!.signal.aborted)
  t.equal(asked.length, 1)
  t.strictSame(told, [])
})
