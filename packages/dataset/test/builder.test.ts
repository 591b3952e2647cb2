import fc from 'fast-check'
import t from 'tap'
import { type BuiltTable, TableBuilder } from '../src/builder.ts'
import { planColumns } from '../src/header.ts'
import type { CsvOptions } from '../src/options.ts'
import { memorySource } from '../src/source.ts'

const names = ['a', 'b', 'y']

function builder(options: Partial<CsvOptions> = {}): TableBuilder {
  return new TableBuilder(planColumns(names, { target: 'y', ...options }, memorySource()), memorySource())
}

function build(records: readonly (readonly string[])[], options: Partial<CsvOptions> = {}): BuiltTable {
  const made = builder(options)
  for (const [row, record] of records.entries()) made.observe(record, row)
  if (made.incomplete) for (const [row, record] of records.entries()) made.collect(record, row)
  made.allocate()
  for (const [row, record] of records.entries()) made.fill(record, row)
  return made.finish()
}

t.test('records become columns, a target and their signature', async (t) => {
  t.same(
    build([
      [' 1.5 ', 'red', 'yes'],
      ['', '3', 'no'],
      ['-0', 'none', 'yes'],
    ]),
    {
      signature: {
        features: [
          { name: 'a', type: 'number', missing: true, min: 0, max: 1.5 },
          { name: 'b', type: 'category', levels: ['3', 'none', 'red'], missing: false },
        ],
        target: { name: 'y', type: 'class', classes: ['no', 'yes'] },
      },
      rows: 3,
      columns: [Float32Array.of(1.5, Number.NaN, 0), Float32Array.of(2, 0, 1)],
      target: Uint16Array.of(1, 0, 1),
      warnings: ['Column "b" is text that differs in every row; if it is an identifier, leave it out.'],
    },
  )
})

t.test('every cell is its number in float32, or the place of its text among the sorted levels', async () => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
  const cell = fc.option(fc.constantFrom('x', 'y', 'z', '10', '9', 'none'))
  const record = fc.record({ a: fc.option(number), b: cell, y: fc.integer({ min: 0, max: 5 }) })
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), (rows) => {
      const texts = rows.map(({ a, b, y }) => [a === null ? 'NA' : String(a), b ?? '?', String(y)])
      const { signature, columns, target } = build(texts, { types: { a: 'number', b: 'category' }, task: 'regression' })
      const [first, second] = signature.features
      if (first.type !== 'number' || second.type !== 'category') return false
      const known = rows.flatMap(({ a }) => (a === null ? [] : [Math.fround(a) + 0]))
      const levels = new Set(rows.flatMap(({ b }) => b ?? []))
      const [least, most] = [first.min, first.max].map((bound) => Math.fround(bound ?? Number.NaN))
      return (
        first.missing === rows.some(({ a }) => a === null) &&
        second.missing === rows.some(({ b }) => b === null) &&
        (known.length === 0
          ? first.min === null && first.max === null
          : least === Math.min(...known) && most === Math.max(...known)) &&
        second.levels.length === levels.size &&
        rows.every(
          ({ a, b, y }, row) =>
            Object.is(columns[0][row], a === null ? Number.NaN : Math.fround(a) + 0) &&
            (b === null ? Number.isNaN(columns[1][row]) : second.levels[columns[1][row]] === b) &&
            target[row] === y,
        )
      )
    }),
    { numRuns: 200 },
  )
})

t.test('a column that turns out to be a category late wants the records once more', async (t) => {
  const made = builder()
  made.observe(['1', '2', 'p'], 0)
  t.equal(made.incomplete, false)
  made.observe(['1', 'x', 'q'], 1)
  t.equal(made.incomplete, true)
  t.equal(made.rows, 2)
  t.same(
    build([
      ['1', '2', 'p'],
      ['1', 'x', 'q'],
    ]).columns[1],
    Float32Array.of(0, 1),
  )
})

t.test('a record of another length is refused with the column where it parts', async (t) => {
  const ragged = (record: string[]) => () => builder().observe(record, 4)
  t.throws(ragged(['1']), {
    code: 'DATASET_ERR_RAGGED_ROW',
    message: 'Expected 3 fields as in the header but found 1 in rows[4], which ends after column "a".',
    row: 4,
    column: 'b',
  })
  t.throws(ragged(['1', '2', '3', '4']), {
    message: 'Expected 3 fields as in the header but found 4 in rows[4], which goes on after column "y".',
    column: 'y',
  })
})

t.test('records that are not those of the first pass are refused, never misread', async (t) => {
  const observed = [
    ['1', 'red', 'p'],
    ['2', 'blue', 'q'],
  ]
  const changed = (fills: readonly (readonly string[])[]) => () => {
    const made = builder()
    for (const [row, record] of observed.entries()) made.observe(record, row)
    made.allocate()
    for (const [row, record] of fills.entries()) made.fill(record, row)
    return made.finish()
  }
  t.doesNotThrow(changed(observed))
  const refused = (row: number | undefined) => ({
    code: 'DATASET_ERR_FILE',
    message: `Expected the same rows in every pass but found others in ${row === undefined ? 'the rows given' : `rows[${row}]`}.`,
  })
  t.throws(changed([observed[0]]), refused(undefined), 'fewer')
  t.throws(changed([...observed, observed[0]]), refused(2), 'more')
  t.throws(changed([observed[0], ['2', 'blue']]), refused(1), 'shorter')
  t.throws(changed([observed[0], ['x', 'blue', 'q']]), refused(1), 'text among numbers')
  t.throws(changed([observed[0], ['1e39', 'blue', 'q']]), refused(1), 'an infinity')
  t.throws(changed([observed[0], ['2', 'green', 'q']]), refused(1), 'another level')
  t.throws(changed([observed[0], ['2', 'blue', 'r']]), refused(1), 'another class')
  t.throws(changed([observed[0], ['2', 'blue', '']]), refused(1), 'no class')
  for (const answer of ['x', '', '1e999']) {
    const made = builder({ task: 'regression' })
    made.observe(['1', '2', '3'], 0)
    made.allocate()
    t.throws(() => made.fill(['1', '2', answer], 0), refused(0), `${answer} for a number`)
  }
})

t.test('a number may be missing in any of its spellings, none among them', async (t) => {
  const missing = (...texts: string[]) =>
    build(texts.map((text, row) => [text, '1', `${row % 2}`])).signature.features[0].missing
  t.equal(missing('1', '2'), false)
  t.equal(missing('1', ''), true)
  t.equal(missing('1', 'none'), true)
  t.equal(missing('1', 'none', '?'), true)
})
