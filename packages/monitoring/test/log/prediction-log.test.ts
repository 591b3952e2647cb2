import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type LogOptions, PredictionLog, type Segment, type SegmentSink } from '../../src/index.ts'

/** Keeps segments in memory; can be slow or broken. */
class MemorySink implements SegmentSink {
  readonly segments: { name: string; text: string; synced: number; closed: boolean }[] = []
  broken = false
  gate: Promise<void> = Promise.resolve()

  async open(name: string): Promise<Segment> {
    const segment = { name, text: '', synced: 0, closed: false }
    this.segments.push(segment)
    return {
      write: async (bytes) => {
        await this.gate
        if (this.broken) throw new Error('disk full')
        segment.text += Buffer.from(bytes)
      },
      sync: async () => {
        segment.synced++
      },
      close: async () => {
        segment.closed = true
      },
    }
  }

  get text() {
    return this.segments.map(({ text }) => text).join('')
  }
}

const LINE = '{"a":1}\n'
const started = (options: LogOptions = {}) => {
  const sink = new MemorySink()
  return { sink, log: new PredictionLog(sink, { flushMs: 1, ...options }) }
}

t.test('lines are written in their order, and counted', async (t) => {
  const { sink, log } = started()
  for (let line = 0; line < 100; line++) t.ok(log.write(`${line}\n`))
  t.match(log.counts, { queued: 100, written: 0 })
  await log.close()
  t.equal(sink.text, Array.from({ length: 100 }, (_, line) => `${line}\n`).join(''))
  t.match(log.counts, { queued: 0, written: 100, dropped: 0, segments: 1, bytes: sink.text.length })
  t.ok(sink.segments[0].closed)
})

t.test('lines are written without a call to flush', async (t) => {
  const { sink, log } = started()
  log.write(LINE)
  while (sink.text !== LINE) await sleep(1)
  log.write(`${LINE}${LINE}`, 2)
  while (sink.text.length < 3 * LINE.length) await sleep(1)
  t.equal(log.counts.written, 3)
  await log.close()
})

t.test('a full queue drops and counts, and never waits', async (t) => {
  const { sink, log } = started({ queueBytes: 10 * LINE.length })
  let open = () => {}
  sink.gate = new Promise((resolve) => {
    open = resolve
  })
  const kept = Array.from({ length: 1000 }, () => log.write(LINE)).filter(Boolean).length
  t.equal(kept, 10)
  t.equal(log.counts.dropped, 990)
  open()
  await log.close()
  t.equal(log.counts.written, 10)
  t.notOk(log.write(LINE), 'a closed log takes nothing')
  t.equal(log.counts.dropped, 991)
})

t.test('lines that were never made are counted as dropped', async (t) => {
  const { log } = started()
  log.drop(3)
  t.match(log.counts, { dropped: 3, written: 0, queued: 0 })
  await log.close()
})

t.test('segments end by size and by age', async (t) => {
  const sized = started({ segmentBytes: 3 * LINE.length })
  for (let line = 0; line < 10; line++) {
    sized.log.write(LINE)
    await sized.log.flush()
  }
  await sized.log.close()
  t.strictSame(
    sized.sink.segments.map(({ text }) => text.length / LINE.length),
    [3, 3, 3, 1],
  )
  const names = sized.sink.segments.map(({ name }) => name)
  t.strictSame(names, names.toSorted())
  t.equal(new Set(names).size, 4)

  const aged = started({ segmentMs: 5 })
  aged.log.write(LINE)
  await aged.log.flush()
  await sleep(10)
  aged.log.write(LINE)
  await aged.log.close()
  t.equal(aged.sink.segments.length, 2)
})

t.test('syncs are as often as asked', async (t) => {
  for (const [sync, count] of [
    ['never', 0],
    ['close', 1],
    [1e-3, 4],
  ] as const) {
    const { sink, log } = started({ sync })
    for (let line = 0; line < 3; line++) {
      log.write(LINE)
      await log.flush()
      await sleep(2)
    }
    await log.close()
    t.equal(sink.segments[0].synced, count, String(sync))
  }
})

t.test('a sink that fails costs its lines, is told of once, and is tried again', async (t) => {
  const errors: unknown[] = []
  const { sink, log } = started({ onError: (error) => errors.push(error) })
  sink.broken = true
  for (let line = 0; line < 3; line++) {
    log.write(LINE)
    await log.flush()
  }
  t.equal(errors.length, 1)
  t.match(log.counts, { dropped: 3, written: 0 })
  sink.broken = false
  log.write(LINE)
  await log.flush()
  sink.broken = true
  log.write(LINE)
  await log.close()
  t.equal(errors.length, 2)
  t.match(log.counts, { dropped: 4, written: 1, queued: 0 })
  t.equal(sink.text, LINE)
})

t.test('a sample takes its share, the same ids each time', async (t) => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `id-${index}`)
  const [one, other] = [started({ sample: 0.1 }), started({ sample: 0.1 })]
  const taken = ids.filter((id) => one.log.takes(id))
  t.ok(Math.abs(taken.length / ids.length - 0.1) < 0.01, `${taken.length}`)
  t.strictSame(
    ids.filter((id) => other.log.takes(id)),
    taken,
  )
  t.equal(one.log.counts.sampledOut, ids.length - taken.length)
  t.ok(started().log.takes('x'))
  t.notOk(started({ sample: 0 }).log.takes('x'))
})

t.test('options are checked', async (t) => {
  for (const options of [
    { sample: 2 },
    { queueBytes: 0 },
    { segmentBytes: -1 },
    { segmentMs: Number.NaN },
    { sync: 0 },
  ]) {
    t.throws(() => started(options), { code: 'MONITORING_ERR_OPTION' }, JSON.stringify(options))
  }
})
