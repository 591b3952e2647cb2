import { Counter, Layout, parseRecord } from '@copse/monitoring'
import t from 'tap'
import type { Batch } from '../../src/monitoring/batch.ts'
import { Recorder, type RecorderOptions } from '../../src/monitoring/recorder.ts'
import { irisForest } from '../bundle.ts'
import { drawn, irisFacts } from './facts.ts'

/** A recorder of Iris, and what it has given so far. */
function recorder(options: RecorderOptions = {}) {
  const facts = irisFacts()
  const forest = irisForest()
  const layout = new Layout(facts.reference)
  const cells = new Float64Array(layout.cells)
  const given: Batch[] = []
  const of = new Recorder(
    facts,
    forest,
    (batch) => {
      for (let cell = 0; cell < cells.length; cell++) cells[cell]! += batch.cells[cell]!
      const { outputs, classIds } = batch.predictions
      given.push({
        ...batch,
        lines: { ...batch.lines, bytes: batch.lines.bytes.slice() },
        predictions: { ...batch.predictions, outputs: outputs.slice(), classIds: classIds.slice() },
      })
    },
    options,
  )
  const add = (id: string, rows: number[][]) => {
    const input = Float32Array.from(rows.flat())
    const outputs = new Float64Array(rows.length * 3)
    const classIds = new Uint16Array(rows.length)
    forest.predictInto(input, outputs)
    forest.predictClassesInto(input, classIds)
    of.add({ id, time: 1e12, latencyUs: 41, tag: 0, rows: rows.length, input, outputs, classIds })
    // The service reuses its arrays.
    input.fill(Number.NaN)
    outputs.fill(Number.NaN)
  }
  const expected = (rows: number[][]) => {
    const sum = new Float64Array(layout.cells)
    const outputs = new Float64Array(rows.length * 3)
    const classIds = new Uint16Array(rows.length)
    const input = Float32Array.from(rows.flat())
    forest.predictInto(input, outputs)
    forest.predictClassesInto(input, classIds)
    new Counter(layout).add(sum, input, { rows: rows.length, outputs, classIds })
    return sum
  }
  /** Signals are measured as time allows. */
  const withoutSignals = (of: Float64Array) => of.slice(0, layout.series.find(({ role }) => role === 'signal')!.start)
  return { of, add, given, cells, expected, withoutSignals }
}

t.test('every row is given once, whatever the sizes of the requests', async (t) => {
  const { of, add, given, cells, expected, withoutSignals } = recorder()
  const sizes = [1, 1, 3, 700, 1, 5000, 2, ...Array.from({ length: 1500 }, () => 1)]
  const all: number[][] = []
  const ids: string[] = []
  for (const [request, size] of sizes.entries()) {
    const rows = drawn(size, request)
    add(`r${request}`, rows)
    all.push(...rows)
    for (let row = 0; row < size; row++) ids.push(size === 1 ? `r${request}` : `r${request}.${row}`)
  }
  of.drain()
  t.strictSame(withoutSignals(cells), withoutSignals(expected(all)))
  t.strictSame(
    given.flatMap(({ predictions }) => predictions.ids),
    ids,
  )
  t.ok(
    given.every(({ predictions }) => predictions.ids.length <= 128),
    'in slices',
  )
  const outputs = given.flatMap(({ predictions }) => [...predictions.outputs])
  t.ok(outputs.every((output) => output >= 0 && output <= 1))
  of.drain()
  t.equal(
    given.reduce((sum, { predictions }) => sum + predictions.ids.length, 0),
    all.length,
    'and only once',
  )
})

t.test('lines for the log, of a sample', async (t) => {
  const { of, add, given } = recorder({ log: { features: ['petal_width', 'no such'], sample: 0.5 } })
  for (let request = 0; request < 200; request++) add(`request-${request}`, drawn(1, request))
  of.drain()
  const lines = given.flatMap(({ lines }) => Buffer.from(lines.bytes).toString().split('\n').slice(0, -1))
  t.equal(
    given.reduce((sum, { lines }) => sum + lines.count, 0),
    lines.length,
  )
  t.ok(lines.length > 60 && lines.length < 140, `${lines.length} of 200`)
  for (const line of lines) {
    const record = parseRecord(line)!
    t.ok('id' in record && Object.keys(record.features).join() === 'petal_width' && record.latency_us === 41)
  }
})

t.test('what there is no room for is counted, and told of as not logged', async (t) => {
  const ROWS = 100_000
  for (const sample of [1, 0.5]) {
    const { of, given, cells } = recorder({ log: { features: 'none', sample } })
    const [input, outputs, classIds] = [new Float32Array(4 * ROWS), new Float64Array(3 * ROWS), new Uint16Array(ROWS)]
    for (const id of ['a', 'b', 'c']) {
      of.add({ id, time: 1e12, latencyUs: 41, tag: 0, rows: ROWS, input, outputs, classIds })
    }
    of.drain()
    t.equal(cells[0], 3 * ROWS, 'every row is counted')
    const logged = given.reduce((sum, { lines }) => sum + lines.count, 0)
    const unlogged = given.reduce((sum, batch) => sum + batch.unlogged, 0)
    t.ok(unlogged > 0, `${logged} logged, ${unlogged} not`)
    if (sample === 1) t.equal(logged + unlogged, 3 * ROWS)
    else t.ok(Math.abs(logged + unlogged - 1.5 * ROWS) < 2000, `${logged + unlogged} of a half`)
  }
})

t.test('comes without being asked, a moment later', async (t) => {
  const { add, given } = recorder()
  add('a', drawn(1, 1))
  t.equal(given.length, 0)
  while (given.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  t.strictSame(given[0]!.predictions.ids, ['a'])
})
