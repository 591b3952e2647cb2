import { Dataset } from '@copse/dataset'
import fc from 'fast-check'
import t from 'tap'

const dataset = Dataset.fromRows(
  [
    { size: 0.1, colour: 'red', kind: 'b' },
    { size: null, colour: 'blue', kind: 'a' },
    { size: -3, colour: '', kind: 'b' },
  ],
  { target: 'kind' },
)

t.test('row: values in feature order', async (t) => {
  t.same(
    [0, 1, 2].map((i) => dataset.row(i)),
    [
      [0.1, 'red'],
      [null, 'blue'],
      [-3, null],
    ],
  )
})

t.test('text: one value for people', async (t) => {
  t.equal(dataset.text(0, 'size'), '0.1')
  t.equal(dataset.text(1, 0), '')
  t.equal(dataset.text(1, 'colour'), 'blue')
  t.equal(dataset.text(2, 1), '')
  t.equal(dataset.text(2, 'kind'), 'b')
  t.equal(dataset.text(1, 2), 'a')
  const prices = Dataset.fromRows(
    [
      [1, 0.1],
      [2, 0.2],
      [3, 1e21],
    ],
    { target: 'price' },
  )
  t.equal(prices.text(0, 'price'), '0.1')
  t.equal(prices.text(2, 1), '1e+21')
})

t.test('rows and columns that are not there', async (t) => {
  const code = 'DATASET_ERR_OPTION'
  for (const row of [-1, 3, 0.5, Number.NaN]) {
    t.throws(() => dataset.row(row), { code })
    t.throws(() => dataset.text(row, 0), { code })
    t.throws(() => dataset.select([0, row]), { code })
  }
  for (const column of [-1, 3, 0.5, 'Size']) t.throws(() => dataset.text(0, column), { code }, String(column))
})

t.test('select: some rows, the same signature', async (t) => {
  const some = dataset.select([2, 0, 2])
  t.ok(some instanceof Dataset)
  t.equal(some.signature, dataset.signature)
  t.equal(some.rows, 3)
  t.same(
    [0, 1, 2].map((i) => some.row(i)),
    [
      [-3, null],
      [0.1, 'red'],
      [-3, null],
    ],
  )
  t.same(some.target, Uint16Array.of(1, 1, 1))
  t.equal(some.name, dataset.name)
  t.same(some.warnings, dataset.warnings)
  t.equal(dataset.select([]).rows, 0)
})

t.test('withWeights', async (t) => {
  const weighted = dataset.withWeights([0, 1, 2.5])
  t.same(weighted.weights, Float64Array.of(0, 1, 2.5))
  t.same(weighted.select(Uint32Array.of(2, 0)).weights, Float64Array.of(2.5, 0))
  t.equal(dataset.weights, undefined)
  for (const weights of [
    [1, 1],
    [1, 1, -1],
    [1, 1, Number.NaN],
    [1, 1, Number.POSITIVE_INFINITY],
    [0, 0, 0],
  ]) {
    t.throws(() => dataset.withWeights(weights), { code: 'DATASET_ERR_OPTION' })
  }
})

t.test('a row read back makes the same dataset', async (t) => {
  const value = fc.option(fc.float({ noNaN: true, noDefaultInfinity: true }))
  const level = fc.option(fc.constantFrom('red', 'green', 'blue'))
  const row = fc.tuple(value, level, fc.constantFrom('a', 'b'))
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const options = { target: 'y', types: { x0: 'number', x1: 'category' } } as const
      const table: unknown[][] = [...rows, [0, 'red', 'a'], [1, 'blue', 'b']]
      const once = Dataset.fromRows(table, options)
      const again = Dataset.fromRows(
        table.map((_, i) => [...once.row(i), once.text(i, 'y')]),
        options,
      )
      t.equal(again.digest(), once.digest())
    }),
  )
})
