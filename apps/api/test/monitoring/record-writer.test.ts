import { isSampled, parseRecord } from '@copse/monitoring'
import t from 'tap'
import { idOfRow, type LogSelection, RecordWriter } from '../../src/monitoring/record-writer.ts'
import { irisFacts } from './facts.ts'

const SEEN = {
  input: Float32Array.of(5.1, 3.5, 1.4, 0.2),
  rows: 1,
  outputs: Float64Array.of(1, 0, 0),
  classIds: Uint16Array.of(0),
}
const writer = (selection: LogSelection) => new RecordWriter(irisFacts('7'), selection)
const entry = (id: string) => ({ id, time: 1e12, latencyUs: 41, trace: undefined })
const linesOf = (of: RecordWriter) => Buffer.from(of.take().bytes).toString().split('\n').slice(0, -1)

t.test('a line says which model answered what', async (t) => {
  const of = writer({ features: 'all', sample: 1 })
  of.add(entry('a'), SEEN, 0)
  const [line, ...others] = linesOf(of)
  t.strictSame(others, [])
  t.match(parseRecord(line!), {
    id: 'a',
    model: 'iris',
    version: '7',
    features: { sepal_length: 5.1, petal_width: 0.2 },
    output: { class: 'setosa', probabilities: [1, 0, 0] },
    latency_us: 41,
  })
  t.equal(of.take().count, 0, 'taken once')
})

t.test('features are those wanted that the model has', async (t) => {
  for (const [features, expected] of [
    ['none', []],
    [['petal_width', 'of another model'], ['petal_width']],
  ] as const) {
    const of = writer({ features, sample: 1 })
    of.add(entry('a'), SEEN, 0)
    const record = parseRecord(linesOf(of)[0]!)
    t.strictSame(record && 'id' in record && Object.keys(record.features), expected)
  }
})

t.test('a sample has the same ids in every process, and can be counted without making lines', async (t) => {
  const sample = 0.3
  const of = writer({ features: 'none', sample })
  const ids = Array.from({ length: 1000 }, (_, row) => idOfRow('request', row))
  for (const id of ids) of.add(entry(id), SEEN, 0)
  const expected = ids.filter((id) => isSampled(id, sample)).length
  t.ok(expected > 200 && expected < 400)
  t.equal(of.take().count, expected)
  t.equal(of.countSampled('request', 1000), expected)
  t.equal(of.countSampled('request.7', 1), Number(isSampled('request.7', sample)), 'a single row has the id itself')
  t.equal(writer({ features: 'none', sample: 1 }).countSampled('request', 1000), 1000)
})
