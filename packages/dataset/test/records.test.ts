import fc from 'fast-check'
import t from 'tap'
import { RecordReader } from '../src/records.ts'
import { fileSource } from '../src/source.ts'

interface Read {
  readonly record: string[]
  readonly line: number
}

function read(chunks: readonly string[], newline: '\n' | '\r' = '\n'): Read[] {
  const records: Read[] = []
  const reader = new RecordReader({ delimiter: ',', newline }, fileSource('x.csv'), (record, line) => {
    records.push({ record, line })
  })
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return records
}

const fields = (...chunks: string[]): string[][] =>
  read(chunks).map(({ record }) => record.map((field) => field.trim()))

t.test('records', async (t) => {
  t.same(
    fields('a,b\n1,2\n'),
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    'with a line end at the end',
  )
  t.same(
    fields('a,b\n1,2'),
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    'or without',
  )
  t.same(fields('a,b\r\n1,2\r\n'), [
    ['a', 'b'],
    ['1', '2'],
  ])
  t.same(
    fields('a,b\r\n1,"2"\n3,4\r\n'),
    [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ],
    'mixed line ends',
  )
  t.same(fields('\ufeff"a",b\n'), [['a', 'b']], 'a byte order mark')
  t.same(fields('a,"b ""c"", d"\n'), [['a', 'b "c", d']])
  t.same(fields('a,5" pipe\n'), [['a', '5" pipe']], 'a quote inside a field is text')
  t.same(
    fields('\n\na,b\n\n  \n1,2\n\n'),
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    'blank lines',
  )
  t.same(fields(',\n'), [['', '']])
  t.same(fields(''), [])
  t.same(fields('a,"b"  \r\n'), [['a', 'b']], 'white space after a quote')
  t.same(fields('a,"b"\r'), [['a', 'b']])
  t.same(
    read(['a,b\r1,"2\r3"\r'], '\r').map(({ line }) => line),
    [1, 2],
  )
})

t.test('a record’s line is its first', async (t) => {
  const lines = read(['a,b\n\n"1\n1",2\r\n"3\r\n3","4\n\n4"\n5,6']).map(({ line }) => line)
  t.same(lines, [1, 3, 5, 9])
})

t.test('where the chunks end does not matter', async (t) => {
  const field = fc.string({ unit: fc.constantFrom('a', '1', '"', ',', '\n', '\r\n', ' ', 'é', '😀') })
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  const written = fc.tuple(table, fc.constantFrom('\n', '\r\n')).map(([rows, end]) => {
    return rows.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',') + end).join('')
  })
  fc.assert(
    fc.property(written, fc.array(fc.nat(80)), (text, cuts) => {
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
      const chunks = places.slice(1).map((end, i) => text.slice(places[i], end))
      t.same(read(chunks), read([text]))
      t.same(read([...text]), read([text]), 'one character at a time')
    }),
  )
})

t.test('fields that are always quoted come back as they were', async (t) => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\t', '😀') })
  const row = fc.tuple(field, field)
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const text = rows.map((row) => `${row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`).join('')
      t.same(
        read([text]).map(({ record }) => record),
        rows,
      )
    }),
  )
})

t.test('a quote that does not close', async (t) => {
  const expected = { code: 'DATASET_ERR_QUOTE', row: 3, column: 'b', file: 'x.csv' }
  t.throws(() => read(['a,b\n1,2\n3,"4\n5,6\n']), expected)
  t.throws(() => read(['a,b\n1,2\n3,"4', '\n5,6\n']), expected, 'over chunks')
  t.throws(() => read(['a,b\n1,2\n3,"']), expected)
  t.throws(() => read(['a,"b\n1,2\n']), { code: 'DATASET_ERR_QUOTE', row: 1 }, 'in the header')
})

t.test('a quote that closes too early', async (t) => {
  t.throws(() => read(['a,b\n"1 ""x""","2"x\n"5",6\n']), {
    code: 'DATASET_ERR_QUOTE',
    row: 2,
    column: 'b',
    message: /after a closing quote .* in column "b", line 2 of x\.csv\.$/,
  })
  t.throws(() => read(['a,b\n"1"x,2\n']), { code: 'DATASET_ERR_QUOTE', row: 2, column: 'a' })
})

t.test('records before a bad one are handed on', async (t) => {
  const seen: number[] = []
  const reader = new RecordReader({ delimiter: ',', newline: '\n' }, fileSource('x.csv'), (_, line) => seen.push(line))
  reader.push('a,b\n1,2\n"3"x,4\n5,6\n')
  t.throws(() => reader.end(), { name: 'DatasetError' })
  t.same(seen, [1, 2])
})

t.test('an open quote does not draw the file into memory', async (t) => {
  const reader = new RecordReader({ delimiter: ',', newline: '\n' }, fileSource('x.csv'), () => {})
  reader.push('a,b\n1,"')
  const chunk = 'text, and more of it\n'.repeat(50_000)
  const pushAll = (): void => {
    for (let pushed = 0; pushed < 60e6; pushed += chunk.length) reader.push(chunk)
  }
  t.throws(pushAll, { code: 'DATASET_ERR_QUOTE', row: 2, column: 'b', message: /at most 16777216 characters/ })
})

t.test('bytes that were not UTF-8 are noticed', async (t) => {
  const reader = new RecordReader({ delimiter: ',', newline: '\n' }, fileSource('x.csv'), () => {})
  reader.push('a,b\n')
  t.notOk(reader.replaced)
  reader.push('caf\ufffd,2\n')
  t.ok(reader.replaced)
})
