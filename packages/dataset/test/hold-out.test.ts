import { Dataset, holdOut, iris } from '@copse/dataset'
import fc from 'fast-check'
import t from 'tap'

const tested = (dataset: Dataset, share?: number): Set<number> => {
  return new Set(holdOut(dataset, share === undefined ? {} : { share }).test)
}

const IRIS_ROWS = [
  0, 7, 14, 16, 21, 22, 25, 32, 38, 49, 58, 63, 64, 73, 76, 82, 87, 91, 92, 97, 105, 111, 115, 119, 130, 141, 146, 147,
  148, 149,
]

t.test('iris: ten rows of each species, the same for good', async (t) => {
  const dataset = iris()
  const { train, test } = holdOut(dataset)
  t.equal(train.length, 120)
  t.same(
    [0, 1, 2].map((k) => test.filter((row) => dataset.target[row] === k).length),
    [10, 10, 10],
  )
  t.same([...test], IRIS_ROWS)
})

const row = fc.tuple(
  fc.option(fc.float({ noNaN: true, noDefaultInfinity: true })),
  fc.option(fc.constantFrom('a', 'b', 'c', 'é')),
  fc.constantFrom('no', 'yes'),
)
const rows = fc.array(row, { maxLength: 40 }).map((some) => [...some, [1, 'a', 'no'], [2, 'b', 'yes']])
const options = { target: 'y', types: { x0: 'number', x1: 'category' } } as const

t.test('every row is on one side', async (t) => {
  fc.assert(
    fc.property(rows, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (rows, share) => {
      const { train, test } = holdOut(Dataset.fromRows(rows, options), { share })
      t.same(
        [...train, ...test].sort((a, b) => a - b),
        [...rows.keys()],
      )
    }),
  )
})

t.test('a row keeps its side when the table grows', async (t) => {
  const added = fc.array(
    fc.tuple(
      fc.double({ min: -9, max: 9, noNaN: true }),
      fc.constantFrom('A', 'bb', 'z'),
      fc.constantFrom('maybe', 'a'),
    ),
  )
  fc.assert(
    fc.property(rows, added, (rows, added) => {
      const before = tested(Dataset.fromRows(rows, options))
      const after = tested(Dataset.fromRows([...added, ...rows], options))
      t.same(
        [...rows.keys()].filter((i) => before.has(i)),
        [...rows.keys()].filter((i) => after.has(i + added.length)),
      )
    }),
  )
})

t.test('equal rows are on one side, also when they are equal only in float32', async (t) => {
  const table = Array.from({ length: 400 }, (_, i) => [0.1 + (i % 200), i < 200 ? 'a' : 'b'])
  const twice = [...table, ...table.map(([x, y]) => [Math.fround(x as number), y])]
  const sides = tested(Dataset.fromRows(twice, { target: 'y' }))
  t.same(
    [...table.keys()].map((i) => sides.has(i)),
    [...table.keys()].map((i) => sides.has(i + 400)),
  )
})

t.test('every value and the target count', async (t) => {
  const base = { number: 1, level: 'a', y: 'p' }
  const filler = [{ number: 5, level: 'b', y: 'q' }]
  const side = (change: object, share: number): boolean =>
    tested(Dataset.fromRows([{ ...base, ...change }, ...filler], { target: 'y' }), share).has(0)
  for (const change of [{ number: 2 }, { number: null }, { level: 'b' }, { level: null }, { y: 'r' }]) {
    const shares = Array.from({ length: 199 }, (_, i) => (i + 1) / 200)
    t.ok(
      shares.some((share) => side({}, share) !== side(change, share)),
      JSON.stringify(change),
    )
  }
})

// Bucket b holds the rows that a share of (b + 1) / 10 holds out and one of b / 10 does not.
function buckets(dataset: Dataset): number[] {
  const counts = Array.from({ length: 9 }, (_, b) => holdOut(dataset, { share: (b + 1) / 10 }).test.length)
  return [...counts, dataset.rows].map((count, b) => count - (counts[b - 1] ?? 0))
}

t.test('the hash is even, on values that are not', async (t) => {
  const n = 20_000
  const sqrt = Math.floor(Math.sqrt(n))
  const tables = {
    'consecutive integers': (i: number) => [i, i & 1],
    'a grid': (i: number) => [i % sqrt, Math.floor(i / sqrt), i & 1],
    'powers of two': (i: number) => [2 ** (i % 125) * (i % 2 ? -1 : 1), 2 ** -Math.floor(i / 160), i & 1],
    levels: (i: number) => [`level ${i % 5000}`, `other ${Math.floor(i / 5000)}`, i & 1],
    'a number target': (i: number) => [1, i / 1000],
    'mostly missing': (i: number) => [...Array.from({ length: 15 }, (_, bit) => ((i >> bit) & 1 ? null : 1)), i & 1],
  }
  for (const [name, make] of Object.entries(tables)) {
    const counts = buckets(
      Dataset.fromRows(
        Array.from({ length: n }, (_, i) => make(i)),
        { target: 'y' },
      ),
    )
    const expected = n / 10
    const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    t.ok(chi2 < 27.9, `${name}: chi-square ${chi2.toFixed(1)} of 9 degrees of freedom is below that of p = 0.001`)
  }
})

t.test('neighbours are independent', async (t) => {
  const n = 20_000
  const sides = tested(
    Dataset.fromRows(
      Array.from({ length: n }, (_, i) => [i, i & 1]),
      { target: 'y' },
    ),
    0.5,
  )
  let same = 0
  for (let i = 1; i < n; i++) if (sides.has(i) === sides.has(i - 1)) same++
  t.ok(Math.abs(same - n / 2) < 4 * Math.sqrt(n / 4), `${same} of ${n} are on the side of the row before`)
})

t.test('options out of range', async (t) => {
  for (const share of [0, 1, -1, Number.NaN]) t.throws(() => holdOut(iris(), { share }), { code: 'DATASET_ERR_OPTION' })
})
