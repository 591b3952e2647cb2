import { Dataset, type RowsOptions } from '@copse/dataset'
import t from 'tap'

/** The warnings of a table with these values of `x` beside a target of two classes. */
function warnings(values: readonly unknown[], options: Partial<RowsOptions> = {}): readonly string[] {
  const rows = values.map((x, i) => ({ x, y: i % 2 ? 'yes' : 'no' }))
  return Dataset.fromRows(rows, { target: 'y', ...options }).warnings
}

t.test('nothing to say', async (t) => {
  t.same(warnings([1, 2, 2]), [])
  t.same(warnings(['a', 'b', 'a']), [])
  t.same(warnings([1, null]), [], 'whether a value is there may tell something')
  t.same(warnings(['a', null]), [])
  t.same(warnings(['01', '02', '01']), [], 'codes')
  t.same(warnings(['1', '01', '01']), [])
})

t.test('constant columns are kept', async (t) => {
  t.match(warnings([3, 3, 3]), [/^Column "x" has the same value in every row\.$/])
  t.match(warnings(['a', 'a']), [/^Column "x" has the same value in every row\.$/])
})

t.test('columns without a value are kept', async (t) => {
  t.match(warnings([null, null, 'NA']), [/^Column "x" is missing in every row\.$/])
  t.match(warnings([null, null], { types: { x: 'category' } }), [/^Column "x" is missing in every row\.$/])
})

t.test('identifiers', async (t) => {
  t.match(warnings(['a', 'b', 'c', null]), [/^Column "x" is text that differs in every row/])
  t.same(warnings([1, 2, 3]), [])
})

t.test('integers that float32 rounds', async (t) => {
  t.match(warnings([1, 2 ** 24 + 1, 5]), [/^Column "x" holds integers beyond 16777216/])
  t.match(warnings([1, -(2 ** 24) - 1]), [/beyond 16777216/])
  t.same(warnings([1, 2 ** 24]), [])
  t.same(warnings([0.5, 2 ** 25]), [])
})

t.test('why a column is a category', async (t) => {
  t.match(warnings([1, 2, 'x', 'x']), [/^Column "x" is a category because "x" in rows\[2\] is not a number\.$/])
  t.match(warnings(['12345678901234567890', '1', '1']), [
    /^Column "x" is a category because an integer in rows\[0\] is too long/,
  ])
  t.match(warnings(['1,5', '2,5', '2,5', '3']), [/^Column "x" is a category because its numbers hold commas/])
  t.same(warnings([1, 2, 'x', 'x'].map(String), { types: { x: 'category' } }), [], 'not when it was asked for')
})

t.test('a constant target', async (t) => {
  const constant = Dataset.fromRows(
    [
      [1, 5],
      [2, 5],
    ],
    { target: 'y', task: 'regression' },
  )
  t.match(constant.warnings, [/^Target column "y" has the same value in every row\.$/])
})
