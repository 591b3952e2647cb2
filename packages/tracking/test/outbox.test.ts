import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { TrackingError } from '../src/errors.ts'
import { readJournal } from '../src/journal.ts'
import { isLocked } from '../src/lock.ts'
import type { Answer, BatchOperation, Operation, Sender, StartOperation } from '../src/operation.ts'
import { Outbox } from '../src/outbox.ts'

const RUN = { id: 'r1', experimentId: '7', artifactUri: 'mlflow-artifacts:/7/r1' }
const start: StartOperation = {
  op: 'start',
  uuid: 'u',
  location: 'http://host',
  experiment: 'iris',
  name: 'n',
  user: null,
  parent: null,
  tags: [],
  time: 1,
}
const batch = (value: number): BatchOperation => ({
  op: 'batch',
  metrics: [{ key: 'loss', value, timestamp: 1, step: 0 }],
  params: [],
  tags: [],
})

const away = new TrackingError('TRACKING_ERR_UNREACHABLE', 'host is away')
const refusal = new TrackingError('TRACKING_ERR_HTTP', 'no such value', { status: 400, errorCode: 'INVALID' })

/** A sender that does what `answer` says, and notes what it was given: the values of a batch, `start`, `again` behind it. */
class FakeSender implements Sender {
  readonly given: string[] = []
  isResting = false
  up = true
  answer: (operation: Operation) => Promise<Answer> = async () => ({})

  async apply(operation: Operation, _directory: string, run: Answer['run'], again: boolean): Promise<Answer> {
    const what = operation.op === 'batch' ? operation.metrics.map(({ value }) => value).join('+') : operation.op
    this.given.push(`${what}${again ? ' again' : ''}${run ? '' : ' without a run'}`)
    const answer = await this.answer(operation)
    return operation.op === 'start' ? { run: RUN, ...answer } : answer
  }

  async isUp() {
    return this.up
  }

  runUrl() {
    return ''
  }
}

async function outbox(t: { testdir(): string }, sender?: FakeSender) {
  const directory = join(t.testdir(), 'run')
  const warnings: string[] = []
  const made = await Outbox.create(directory, { sender, warn: (warning) => warnings.push(warning) })
  const apply = (operation: Operation) => made.apply(async () => operation)
  const journal = async () => (await readJournal(join(directory, 'journal'), 'run')).records
  const sent = async () => (await readJournal(join(directory, 'sent'), 'sent')).records
  return { outbox: made, directory, warnings, apply, journal, sent }
}

t.test('an operation is in the journal, then sent, then noted', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply, journal, sent, directory } = await outbox(t, sender)
  sender.answer = async (operation) => {
    t.same((await journal()).at(-1), operation, 'before it is sent')
    return {}
  }
  t.same(await apply(start), { operation: start, answer: { run: RUN } })
  t.same(await apply(batch(1)), { operation: batch(1), answer: {} })
  t.same(box.run, RUN)
  t.equal(box.pending, 0)
  t.same(sender.given, ['start without a run', '1'])
  t.same(await sent(), [{ record: 1, run: RUN }, { record: 2 }])
  t.equal(isLocked(join(directory, 'lock')), true)
  await box.close()
  t.equal(isLocked(join(directory, 'lock')), false)
  await t.rejects(apply(batch(2)), { code: 'TRACKING_ERR_JOURNAL' }, 'nothing after its end')
})

t.test('without a server there is only the journal', async (t) => {
  const { outbox: box, apply, journal, directory } = await outbox(t)
  t.same(await apply(start), { operation: start })
  await apply(batch(1))
  t.equal(box.pending, 0)
  await box.close()
  t.same(await journal(), [start, batch(1)])
  t.equal(existsSync(join(directory, 'sent')), false)
})

t.test('the journal never waits for the network, and both keep the order of the calls', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply, journal } = await outbox(t, sender)
  await apply(start)
  let open = (_: Answer) => {}
  const gate = new Promise<Answer>((resolve) => {
    open = resolve
  })
  sender.answer = () => gate
  const slow = box.apply(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return batch(1)
  })
  const rest = [2, 3].map((value) => apply(batch(value)))
  await box.flush()
  t.same(await journal(), [start, batch(1), batch(2), batch(3)])
  t.equal(box.pending, 3)
  open({})
  await Promise.all([slow, ...rest])
  t.same(sender.given.slice(1), ['1', '2', '3'])
  await box.close()
})

t.test('one that cannot be prepared leaves no trace', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply, journal } = await outbox(t, sender)
  await apply(start)
  const failed = box.apply(async () => {
    throw new TypeError('no such file')
  })
  const next = apply(batch(2))
  await t.rejects(failed, { message: 'no such file' })
  await next
  t.same(await journal(), [start, batch(2)])
  await box.close()
})

t.test('what finds the server away is sent before the next, and told once', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply, warnings, sent, directory } = await outbox(t, sender)
  await apply(start)
  sender.answer = async () => {
    throw away
  }
  t.same(await apply(batch(1)), { operation: batch(1) })
  t.same(await apply(batch(2)), { operation: batch(2) })
  t.equal(box.pending, 2)
  sender.answer = async () => ({})
  await apply(batch(3))
  t.equal(box.pending, 0)
  t.same(sender.given.slice(1), ['1', '1 again', '1+2 again', '3'])
  t.same(warnings, [`The run in ${directory} goes on without the server, and is sent later: host is away`])
  t.same(
    (await sent()).map((each) => (each as { record: number }).record),
    [1, 2, 3, 4],
  )
  await box.close()
})

t.test('a server that was away a moment ago is not asked', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply, warnings } = await outbox(t, sender)
  sender.isResting = true
  await apply(start)
  await apply(batch(1))
  t.same([sender.given, box.pending, warnings.length], [[], 2, 1])
  sender.isResting = false
  await box.close()
  t.same(sender.given, ['start again without a run', '1 again'], 'but once more at the end')
  t.equal(box.pending, 0)
})

t.test('at the end a server that does not answer is left alone', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply } = await outbox(t, sender)
  sender.isResting = true
  sender.up = false
  await apply(start)
  await box.close()
  t.same([sender.given, box.pending], [[], 1])
})

t.test('what the server refuses fails its call, is noted, and is not sent again', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply, sent } = await outbox(t, sender)
  await apply(start)
  sender.answer = async () => {
    throw refusal
  }
  await t.rejects(apply(batch(1)), refusal)
  sender.answer = async () => ({})
  await apply(batch(2))
  await box.close()
  t.same(sender.given.slice(1), ['1', '2'])
  t.same((await sent())[1], { record: 2, refused: { status: 400, errorCode: 'INVALID' } })
})

t.test('one that fails in another way fails its call and stays pending', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply } = await outbox(t, sender)
  await apply(start)
  sender.answer = async () => {
    throw new TrackingError('TRACKING_ERR_HTTP', 'oops', { status: 500 })
  }
  await t.rejects(apply(batch(1)), { message: 'oops' })
  t.equal(box.pending, 1)
  sender.answer = async () => ({})
  await box.close()
  t.same(sender.given.slice(1), ['1', '1 again'])
  t.equal(box.pending, 0)
})

t.test('a tag that a later operation has set meanwhile is not set again to its older value', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply } = await outbox(t, sender)
  const tags: string[] = []
  const tag = (value: string) => apply({ ...batch(1), tags: [{ key: 'stage', value }] })
  await apply(start)
  sender.answer = async () => {
    throw new TrackingError('TRACKING_ERR_HTTP', 'oops', { status: 500 })
  }
  await t.rejects(tag('old'))
  await t.rejects(tag('new'))
  let failures = 1
  sender.answer = async (operation) => {
    if (failures-- > 0) throw new TrackingError('TRACKING_ERR_HTTP', 'oops', { status: 500 })
    if (operation.op === 'batch') tags.push(...operation.tags.map(({ value }) => value))
    return {}
  }
  // The pending two fail once more, together; this one arrives.
  await tag('newest')
  t.same(tags, ['newest'])
  await box.close()
  t.same(tags, ['newest'], 'the others arrive without it')
  t.equal(box.pending, 0)
})

t.test('a start that was refused leaves what follows nowhere to go, and it stays in the journal', async (t) => {
  const sender = new FakeSender()
  const { outbox: box, apply, journal } = await outbox(t, sender)
  sender.answer = async () => {
    throw new TrackingError('TRACKING_ERR_EXPERIMENT_DELETED', 'deleted')
  }
  await t.rejects(apply(start), { message: 'deleted' })
  t.same(await apply(batch(1)), { operation: batch(1) })
  await box.close()
  t.same(sender.given, ['start without a run'])
  t.same([await journal(), box.run], [[start, batch(1)], undefined])
})
