import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { eraseRecords, newTally, parseRecord, readLog } from '../../src/index.ts'

const line = (id: string, change: object = {}) =>
  JSON.stringify({
    id,
    time: '2026-11-01T00:00:00.000Z',
    model: 'm',
    version: '1',
    sha256: 'ab',
    features: { x: 1, c: 'a', gone: null },
    output: { value: 1 },
    latency_us: 5,
    ...change,
  })
const label = (id: string) =>
  JSON.stringify({ feedback: id, time: '2026-11-01T00:00:00.000Z', label: 1, result: 'matched' })
const idsOf = async (directory: string, tally = newTally()) => {
  const ids: string[] = []
  for await (const record of readLog(directory, tally))
    ids.push('id' in record ? record.id : `label ${record.feedback}`)
  return ids
}

t.test('segments are read in order, open ones too, broken and torn lines counted', async (t) => {
  const directory = t.testdir({
    'predictions-2.ndjson': `${line('c')}\nnot JSON\n${label('a')}\n`,
    'predictions-1.ndjson': `${line('a')}\n${line('b')}\n`,
    'predictions-3.ndjson.open': `${line('d')}\n${line('e').slice(0, 50)}`,
    'other.txt': 'not a segment',
  })
  const tally = newTally()
  t.strictSame(await idsOf(directory, tally), ['a', 'b', 'c', 'label a', 'd'])
  t.strictSame(tally, { files: 3, predictions: 4, labels: 1, broken: 1, torn: 1 })
})

t.test('a line without end, however long, takes no more memory than a line may', async (t) => {
  const directory = t.testdir({
    'a.ndjson': `${line('a')}\n"${'x'.repeat(3 << 20)}"\n${line('b')}\n${'y'.repeat(2 << 20)}`,
  })
  const tally = newTally()
  t.strictSame(await idsOf(directory, tally), ['a', 'b'])
  t.match(tally, { broken: 1, torn: 1 })
})

t.test('what is not a record is none', async (t) => {
  t.ok(parseRecord(line('a')))
  t.ok(parseRecord(line('a', { output: { class: 'x', probabilities: [0.5, 0.5] }, trace: 't' })))
  const odd = [
    { id: 1 },
    { time: 'soon' },
    { features: [] },
    { features: { x: {} } },
    { features: { x: true } },
    { output: {} },
    { output: { class: 'x', probabilities: [2] } },
    { output: { class: 'x' } },
    { latency_us: '5' },
    { trace: 1 },
    { feedback: 'x' },
  ]
  for (const change of odd) t.notOk(parseRecord(line('a', change)), JSON.stringify(change))
  fc.assert(fc.property(fc.string(), (text) => parseRecord(text) === undefined))
  fc.assert(fc.property(fc.jsonValue(), (json) => parseRecord(JSON.stringify(json)) === undefined))
})

t.test('records and their labels are erased by id, and nothing else changes', async (t) => {
  const first = `${line('a')}\n${line('b')}\nbroken\n${label('a')}\n${line('c').slice(0, 40)}`
  const directory = t.testdir({ '1.ndjson': first, '2.ndjson': `${line('c')}\n`, '3.ndjson.open': `${line('a')}\n` })
  t.equal(await eraseRecords(directory, new Set(['a', 'absent'])), 2)
  t.equal(readFileSync(join(directory, '1.ndjson'), 'utf8'), `${line('b')}\nbroken\n${line('c').slice(0, 40)}`)
  t.equal(readFileSync(join(directory, '2.ndjson'), 'utf8'), `${line('c')}\n`)
  t.strictSame(readdirSync(directory).sort(), ['1.ndjson', '2.ndjson', '3.ndjson.open'])
})
