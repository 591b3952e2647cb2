import t from 'tap'
import { compare } from '../../src/drift/compare.ts'
import { buildReference } from '../../src/index.ts'
import { Layout, type Series } from '../../src/window/layout.ts'
import { SHA256 } from '../arbitrary.ts'

const MATERIAL = { psi: 0.1, share: 0.05 }
const ROWS = 200
/** A number from 0 to 99, twice each; a level out of three, the third of them once only. */
const { series } = new Layout(
  buildReference({
    signature: {
      features: [
        { name: 'x', type: 'number' },
        { name: 'c', type: 'category', levels: ['a', 'b', 'rare'] },
      ],
      target: { name: 'y', type: 'number' },
    },
    columns: [
      Float32Array.from({ length: ROWS }, (_, row) => row % 100),
      Float32Array.from({ length: ROWS }, (_, row) => (row === 0 ? 2 : row % 2)),
    ],
    values: new Float64Array(ROWS).fill(1),
    modelSha256: SHA256,
  }),
)
const [number, category] = series as [Series, Series]

/** The comparison with counts by bin, and values that are missing or outside. */
function compared(of: Series, bins: readonly number[], missing = 0, outside = 0) {
  const cells = new Float64Array(of.start + of.bins + 2)
  cells.set([...bins, missing, outside], of.start)
  return compare(of, cells, MATERIAL)
}

const test = (found: ReturnType<typeof compared>, name: string) => found.tests.find((one) => one.test === name)

t.test('the same shares are no difference, whatever the number of rows', async (t) => {
  const shares = [...number.reference.subarray(0, number.bins)]
  for (const times of [1, 10]) {
    const found = compared(
      number,
      shares.map((count) => count * times),
    )
    t.match(found, { rows: ROWS * times, referenceRows: ROWS, missing: 0, outside: 0, pValue: 1 })
    t.ok(found.psi < 0.001 && found.jensenShannon < 0.001)
    t.notOk(found.tests.some(({ material }) => material))
  }
})

t.test('everything in one bin is a difference by every test of the distribution, and it matters', async (t) => {
  const found = compared(
    number,
    Array.from({ length: number.bins }, (_, bin) => (bin === 0 ? 100 : 0)),
  )
  for (const name of ['chi_squared', 'kolmogorov_smirnov']) {
    t.ok(test(found, name)!.pValue < 1e-9, name)
    t.ok(test(found, name)!.material)
  }
  t.ok(Math.abs(test(found, 'kolmogorov_smirnov')!.statistic - 0.9) < 1e-12)
})

t.test('the p-value of a series is the least of its tests times their number, at most 1', async (t) => {
  const found = compared(number, [...number.reference.subarray(0, number.bins)], 40)
  t.strictSame(
    found.tests.map((one) => one.test),
    ['chi_squared', 'kolmogorov_smirnov', 'missing', 'out_of_range'],
  )
  t.equal(found.pValue, Math.min(1, 4 * Math.min(...found.tests.map(({ pValue }) => pValue))))
  t.ok(test(found, 'missing')!.pValue < 1e-9)
  t.ok(Math.abs(found.missing - 40 / 240) < 1e-12)
})

t.test('numbers out of range are in a bin too, and count once; unseen levels are in none', async (t) => {
  const bins = [...number.reference.subarray(0, number.bins)]
  const numbers = compared(number, bins, 0, 50)
  t.match(numbers, { rows: ROWS, outside: 0.25 })
  t.ok(test(numbers, 'out_of_range')!.material)
  const levels = compared(category, [75, 75, 0], 0, 50)
  t.match(levels, { rows: 150, outside: 0.25 })
  t.ok(test(levels, 'unseen')!.pValue < 1e-6)
})

t.test(
  'one level that training saw once bounds how many it never saw: a few unseen rows are no evidence',
  async (t) => {
    t.ok(test(compared(category, [100, 99, 0], 0, 1), 'unseen')!.pValue > 0.05)
  },
)

t.test('an empty window is no evidence and no distance', async (t) => {
  for (const one of [number, category]) {
    t.match(compared(one, new Array<number>(one.bins).fill(0)), {
      rows: 0,
      psi: 0,
      jensenShannon: 0,
      missing: 0,
      outside: 0,
      pValue: 1,
    })
  }
})
