import { Dataset, type RowsOptions } from '@copse/dataset'
import fc from 'fast-check'
import t from 'tap'

const objects = [
  { age: 30, city: 'Bern', member: true, churned: 'no' },
  { age: null, city: 'Basel', member: false, churned: 'yes' },
  { city: 'Bern', member: true, churned: 'no', extra: 2n },
]

t.test('objects: every key is a column, an absent one is missing', async (t) => {
  const dataset = Dataset.fromRows(objects, { target: 'churned', name: 'customers' })
  t.equal(dataset.name, 'customers')
  t.same(dataset.signature, {
    features: [
      { name: 'age', type: 'number', missing: true, min: 30, max: 30 },
      { name: 'city', type: 'category', levels: ['Basel', 'Bern'], missing: false },
      { name: 'member', type: 'category', levels: ['false', 'true'], missing: false },
      { name: 'extra', type: 'number', missing: true, min: 2, max: 2 },
    ],
    target: { name: 'churned', type: 'class', classes: ['no', 'yes'] },
  })
  t.same(
    dataset.columns.map((column) => [...column]),
    [
      [30, Number.NaN, Number.NaN],
      [1, 0, 1],
      [1, 0, 1],
      [Number.NaN, Number.NaN, 2],
    ],
  )
  t.same(dataset.target, Uint16Array.of(0, 1, 0))
})

t.test('objects: featureNames chooses', async (t) => {
  const dataset = Dataset.fromRows(objects, { target: 'churned', featureNames: ['member', 'age'] })
  t.same(
    dataset.signature.features.map(({ name }) => name),
    ['member', 'age'],
  )
  t.throws(() => Dataset.fromRows(objects, { target: 'churned', featureNames: ['agee'] }), {
    code: 'DATASET_ERR_OPTION',
    column: 'agee',
  })
})

t.test('arrays: the features and then the target', async (t) => {
  const rows = [
    [1, 'a', 0.5],
    [2, 'b', 1.5],
    ['3', undefined, 2.5],
  ]
  const dataset = Dataset.fromRows(rows, { target: 'price' })
  t.same(dataset.signature, {
    features: [
      { name: 'x0', type: 'number', missing: false, min: 1, max: 3 },
      { name: 'x1', type: 'category', levels: ['a', 'b'], missing: true },
    ],
    target: { name: 'price', type: 'number' },
  })
  t.same(dataset.target, Float64Array.of(0.5, 1.5, 2.5))
  t.equal(dataset.name, 'rows')
  const typed = [Float64Array.of(1, 0), Float64Array.of(2, 1)]
  t.same(Dataset.fromRows(typed, { target: 'y', featureNames: ['x'] }).signature.features[0].name, 'x')
})

t.test('numbers come through as they are', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 3 }), (values) => {
      const rows = values.map((value, i) => [i, value])
      const dataset = Dataset.fromRows(rows, { target: 'y', task: 'regression' })
      t.same(
        [...dataset.target],
        values.map((value) => value + 0),
      )
    }),
  )
  const large = Dataset.fromRows(
    [
      [1.2345678901234567e19, 1],
      [0, 2],
    ],
    { target: 'y', featureNames: ['x'] },
  )
  t.equal(large.columns[0][0], Math.fround(1.2345678901234567e19), 'a large number is no identifier')
  const long = Dataset.fromRows(
    [
      [12345678901234567890n, 1],
      [0n, 2],
    ],
    { target: 'y', featureNames: ['x'] },
  )
  t.equal(long.signature.features[0].type, 'category', 'a long bigint is')
})

t.test('errors name the row by its index from 0', async (t) => {
  const throws = (
    rows: unknown,
    expected: { code: string; [key: string]: unknown },
    options: Partial<RowsOptions> = {},
  ): void => {
    t.throws(() => Dataset.fromRows(rows as object[], { target: 'y', ...options }), expected, JSON.stringify(expected))
  }
  throws([], { code: 'DATASET_ERR_EMPTY' })
  throws('rows', { code: 'DATASET_ERR_OPTION' })
  throws([null], { code: 'DATASET_ERR_VALUE', row: 0 })
  throws([{ x: 1, y: 1 }, [1, 2]], { code: 'DATASET_ERR_VALUE', row: 1 })
  throws([[1, 2], { x: 1, y: 1 }], { code: 'DATASET_ERR_VALUE', row: 1 })
  throws(
    [
      [1, 2],
      [1, 2, 3],
    ],
    { code: 'DATASET_ERR_RAGGED_ROW', row: 1, message: /2 fields .* 3 in rows\[1\]/ },
  )
  throws([[1, 2], [1]], { code: 'DATASET_ERR_RAGGED_ROW', row: 1, column: 'y' })
  throws([[1]], { code: 'DATASET_ERR_COLUMN' })
  throws([[]], { code: 'DATASET_ERR_COLUMN' })
  throws(
    [
      [1, 2],
      [{}, 3],
    ],
    { code: 'DATASET_ERR_VALUE', row: 1, column: 'x0', message: /found an object in column "x0", rows\[1\]\.$/ },
  )
  throws(
    [
      [1, 2],
      [[1], 3],
    ],
    { code: 'DATASET_ERR_VALUE', message: /an array/ },
  )
  throws(
    [
      [1, 2],
      [() => 1, 3],
    ],
    { code: 'DATASET_ERR_VALUE', message: /a function/ },
  )
  throws(
    [
      [1, 2],
      [Number.POSITIVE_INFINITY, 3],
    ],
    { code: 'DATASET_ERR_INFINITE', row: 1, column: 'x0' },
  )
  throws(
    [
      [1, 2],
      [1e39, 3],
      [2, 4],
    ],
    { code: 'DATASET_ERR_INFINITE', row: 1, column: 'x0' },
  )
  throws(
    [
      [1, 'a'],
      [2, null],
    ],
    { code: 'DATASET_ERR_TARGET_MISSING', row: 1, column: 'y' },
  )
  throws(
    [
      [1, 'a'],
      [2, 'a'],
    ],
    { code: 'DATASET_ERR_TARGET_ONE_CLASS', column: 'y' },
  )
  throws([{ x: 1, z: 1 }], { code: 'DATASET_ERR_TARGET_UNKNOWN' })
  throws(
    [
      [1, 2],
      ['a', 3],
    ],
    { code: 'DATASET_ERR_VALUE', row: 1, column: 'x0' },
    { types: { x0: 'number' } },
  )
  throws([JSON.parse('{"__proto__": 1, "y": 1}')], { code: 'DATASET_ERR_COLUMN', column: '__proto__' })
})

t.test('keys are the row’s own', async (t) => {
  const rows = [Object.assign(Object.create({ toString: 'x' }), { a: 1, y: 'p' }), { a: 2, toString: 'own', y: 'q' }]
  const dataset = Dataset.fromRows(rows, { target: 'y' })
  t.same(dataset.row(0), [1, null])
  t.same(dataset.row(1), [2, 'own'])
})

t.test('options are checked', async (t) => {
  const rows = [
    [1, 2],
    [2, 3],
  ]
  const bad: object[] = [{}, { target: '' }, { target: 'y', task: 'guess' }, { target: 'y', types: { x0: 'text' } }]
  for (const options of [
    ...bad,
    { target: 'y', featureNames: 'x' },
    { target: 'y', name: 5 },
    { target: 'y', ignore: [] },
    null,
  ]) {
    t.throws(
      () => Dataset.fromRows(rows, options as RowsOptions),
      { code: 'DATASET_ERR_OPTION' },
      JSON.stringify(options),
    )
  }
})
