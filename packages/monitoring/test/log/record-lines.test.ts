import fc from 'fast-check'
import t from 'tap'
import { parseRecord, type RecordEntry, RecordLines, type RecordOptions } from '../../src/index.ts'
import type { AnsweredRows } from '../../src/window/counter.ts'

const signature = {
  features: [
    { name: 'carat', type: 'number' },
    { name: 'the "cut"', type: 'category', levels: ['fair', 'a\nb'] },
  ],
  target: { name: 'sold', type: 'class', classes: ['no', 'yes'] },
} as const
const of = { signature, model: 'gems', version: '3', sha256: 'ab'.repeat(32) }
const entry = { id: '0190-a', time: 1_700_000_000_007, latencyUs: 12.4 }
const answers = { rows: 2, outputs: Float64Array.of(1, 0, 0.25, 0.75), classIds: Uint16Array.of(0, 1) }
const values = Float32Array.of(5.1, 1, Number.NaN, 2)

function lineOf(options: RecordOptions, entry: RecordEntry, values: Float32Array, answers: AnsweredRows, row = 0) {
  const lines = new RecordLines(options)
  lines.add(entry, values, answers, row)
  return textOf(lines)
}

function textOf(lines: RecordLines): string {
  return Buffer.from(lines.take().bytes).toString()
}

t.test('a line is the record as JSON', async (t) => {
  const line = lineOf({ ...of, features: 'all' }, entry, values, answers)
  t.ok(line.endsWith('}\n'))
  t.strictSame(JSON.parse(line), {
    id: '0190-a',
    time: '2023-11-14T22:13:20.007Z',
    model: 'gems',
    version: '3',
    sha256: of.sha256,
    features: { carat: 5.1, 'the "cut"': 'a\nb' },
    output: { class: 'no', probabilities: [1, 0] },
    latency_us: 12,
  })
})

t.test('missing is null, an unseen level -1, and the row chooses', async (t) => {
  const line = lineOf({ ...of, features: 'all' }, { ...entry, trace: 'a"b' }, values, answers, 1)
  t.match(JSON.parse(line), {
    trace: 'a"b',
    features: { carat: null, 'the "cut"': -1 },
    output: { class: 'yes', probabilities: [0.25, 0.75] },
  })
})

t.test('features are logged only when they are named; the default is none', async (t) => {
  t.strictSame(JSON.parse(lineOf(of, entry, values, answers)).features, {})
  t.strictSame(JSON.parse(lineOf({ ...of, features: ['carat'] }, entry, values, answers)).features, {
    carat: 5.1,
  })
  t.throws(() => new RecordLines({ ...of, features: ['carot'] }), {
    code: 'MONITORING_ERR_OPTION',
    message: 'The model has no feature "carot" to log.',
  })
})

t.test('what is written is read, to the float32 and the double', async () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const value = fc.float({ noDefaultInfinity: true, noNaN: true })
  const time = fc.integer({ min: 0, max: 4e12 })
  fc.assert(
    fc.property(
      fc.string(),
      fc.option(fc.string(), { nil: undefined }),
      time,
      value,
      share,
      (id, trace, time, v, p) => {
        const options = { ...of, model: id, features: 'all' } as const
        const outputs = Float64Array.of(p, 1 - p)
        const line = lineOf(options, { id, trace, time, latencyUs: 1 }, Float32Array.of(v, 0), {
          rows: 1,
          outputs,
          classIds: [0],
        })
        const read = parseRecord(line.trimEnd())
        return (
          read !== undefined &&
          'id' in read &&
          read.id === id &&
          read.model === id &&
          read.trace === trace &&
          Date.parse(read.time) === time &&
          Math.fround(read.features.carat as number) === v + 0 &&
          'class' in read.output &&
          read.output.probabilities[0] === p &&
          !line.slice(0, -1).includes('\n')
        )
      },
    ),
  )
})

t.test('a model of numbers answers a value', async (t) => {
  const number = { ...of, signature: { ...signature, target: { name: 'price', type: 'number' } as const } }
  const line = lineOf(number, entry, values, { rows: 1, outputs: Float64Array.of(4123.5), classIds: [] })
  t.strictSame(JSON.parse(line).output, { value: 4123.5 })
})

t.test('lines gather until they are taken', async (t) => {
  const lines = new RecordLines({ ...of, features: 'all' })
  const ids = Array.from({ length: 300 }, (_, index) => 'é'.repeat(index))
  for (const id of ids) lines.add({ ...entry, id }, values, answers)
  const { bytes, count } = lines.take()
  t.equal(count, 300)
  const records = Buffer.from(bytes).toString().trimEnd().split('\n').map(parseRecord)
  t.strictSame(
    records.map((record) => record && 'id' in record && record.id),
    ids,
  )
  t.strictSame(lines.take(), { bytes: new Uint8Array(0), count: 0 })
  lines.add(entry, values, answers)
  t.match(JSON.parse(textOf(lines)), { id: entry.id })
})
