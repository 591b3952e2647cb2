import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { checkTable } from '../src/check-table.ts'
import { type Table, train } from '../src/index.ts'
import { tableOf } from './training-tables.ts'

const good = tableOf(
  [
    [1, 0],
    [2, null],
    [3, 1],
  ],
  [0, 1, 1],
  { classes: 2, levels: { 1: 2 }, weights: [1, 0, 2.5] },
)

t.test('a good table passes with its signature', async (t) => {
  const { signature, warnings } = atOnce(checkTable(good))
  t.same(signature, good.signature)
  t.same(warnings, [])
})

t.test('what is refused, by column and row', async (t) => {
  const column = (f: number, values: number[]) => ({
    columns: good.columns.map((old, i) => (i === f ? Float32Array.from(values) : old)),
  })
  const cases: [Partial<Record<keyof Table, unknown>>, RegExp][] = [
    [{ signature: undefined }, /signature/],
    [{ rows: 0 }, /has 0 rows, but training needs 1/],
    [{ rows: 4 }, /Column "x0" has 3 values, but the table has 4 rows/],
    [{ columns: [good.columns[0]] }, /not one column for each of the 2 features/],
    [{ columns: [[1, 2, 3], good.columns[1]] }, /Column "x0" is no Float32Array/],
    [column(0, [1, Number.POSITIVE_INFINITY, 2]), /Column "x0" is infinite in row 1/],
    [column(0, [1, 2, Number.NaN]), /Column "x0" has a missing value in row 2, but its signature allows none/],
    [column(1, [0, 1, 2]), /Column "x1" holds in row 2 no index of one of its 2 levels/],
    [column(1, [0, 0.5, 1]), /Column "x1" holds in row 1 no index/],
    [column(1, [-1, 0, 1]), /Column "x1" holds in row 0 no index/],
    [{ target: Float64Array.of(0, 1, 1) }, /Target "y" is no Uint16Array/],
    [{ target: Uint16Array.of(0, 1) }, /Target "y" has 2 values, but the table has 3 rows/],
    [{ target: Uint16Array.of(0, 1, 2) }, /Target "y" holds in row 2 no index of one of its 2 classes/],
    [{ weights: Float64Array.of(1, -1, 1) }, /weight of row 1 is no number/],
    [{ weights: Float64Array.of(1, Number.NaN, 1) }, /weight of row 1/],
    [{ weights: Float64Array.of(1, 1) }, /There are 2 weights/],
    [{ weights: [1, 1, 1] }, /weights are no Float64Array/],
    [{ weights: Float64Array.of(0, 0, 0) }, /No row has a weight above 0/],
  ]
  for (const [change, message] of cases) {
    await t.rejects(train({ ...good, ...change } as Table), { code: 'MODEL_ERR_TABLE', message })
  }
  await t.rejects(train(null as unknown as Table), { code: 'MODEL_ERR_TABLE' })
  const numbers = tableOf([[1], [2]], [1, 2])
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e151]) {
    const target = Float64Array.of(1, value)
    await t.rejects(train({ ...numbers, target }), {
      code: 'MODEL_ERR_TABLE',
      message: /Target "y" is in row 1 no number/,
    })
  }
})

t.test('a category of too many levels', async (t) => {
  const levels = Array.from({ length: 65_536 }, (_, level) => `${level}`)
  const { target } = good.signature
  const feature = { name: 'x1', type: 'category', missing: true, levels } as const
  const table = { ...good, signature: { target, features: [good.signature.features[0], feature] } }
  await t.rejects(train(table), {
    code: 'MODEL_ERR_TABLE',
    message: /"x1" has 65536 levels, but training takes at most 65535/,
  })
})

t.test('parameters that the table contradicts', async (t) => {
  await t.rejects(train(good, { maxSamples: 3 }), {
    code: 'MODEL_ERR_PARAMETER',
    message: /exceed the 2 rows of weight above 0/,
  })
  await t.rejects(train(good, { classWeight: { c0: 0, c1: 0 } }), { code: 'MODEL_ERR_TABLE' })
})
