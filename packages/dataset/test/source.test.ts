import t from 'tap'
import { errorAt, errorOf, fileSource, memorySource, quoted } from '../src/source.ts'

t.test('a file counts lines, and rows in memory have an index', async (t) => {
  const [file, memory] = [fileSource('a/b.csv'), memorySource()]
  t.same([file.file, file.whole, file.at(3)], ['a/b.csv', 'a/b.csv', 'line 3 of a/b.csv'])
  t.same([memory.file, memory.whole, memory.at(3)], [undefined, 'the rows given', 'rows[3]'])
})

t.test('an error says where in its sentence and in its fields', async (t) => {
  t.match(errorAt('DATASET_ERR_VALUE', 'Expected a number but found "b"', fileSource('t.csv'), 7, 'x "1"'), {
    code: 'DATASET_ERR_VALUE',
    message: 'Expected a number but found "b" in column "x \\"1\\"", line 7 of t.csv.',
    file: 't.csv',
    row: 7,
    column: 'x "1"',
  })
  const row = errorAt('DATASET_ERR_QUOTE', 'Expected an end', memorySource(), 0)
  t.equal(row.message, 'Expected an end in rows[0].')
  t.same([row.file, row.row, row.column], [undefined, 0, undefined])
  const column = errorOf('DATASET_ERR_COLUMN', 'Whole sentence.', fileSource('t.csv'), 'x')
  t.same([column.message, column.file, column.row, column.column], ['Whole sentence.', 't.csv', undefined, 'x'])
})

t.test('text from a table is shown in quotes on one line, and 40 characters of it', async (t) => {
  t.equal(quoted('a "b"\n\u001b[31m'), '"a \\"b\\"\\n\\u001b[31m"')
  t.equal(quoted('x'.repeat(40)), `"${'x'.repeat(40)}"`)
  t.equal(quoted('x'.repeat(41)), `"${'x'.repeat(40)}…"`)
  t.equal(quoted(`${'x'.repeat(39)}😀😀`), `"${'x'.repeat(39)}\\ud83d…"`, 'half a character is escaped')
})
