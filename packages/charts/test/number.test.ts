import fc from 'fast-check'
import t from 'tap'
import { formatAlike, formatCompact, formatNumber, formatShare, formatTicks } from '../src/number.ts'
import { drawable, scale } from '../src/scale.ts'

t.test('a number has three digits, or its whole ones, or a unit', async (t) => {
  const cases: [number, string][] = [
    [0, '0'],
    [-0, '0'],
    [3, '3'],
    [0.44123, '0.441'],
    [0.5, '0.5'],
    [-12.345, '−12.3'],
    [100, '100'],
    [123.4, '123'],
    [1234.5, '1,235'],
    [999_999, '999,999'],
    [999_999.6, '1M'],
    [1_250_000, '1.25M'],
    [-3e9, '−3B'],
    [4.5e13, '45T'],
    [1e20, '1e20'],
    [0.0001, '1e−4'],
    [-1.26e-7, '−1.3e−7'],
    [Number.NaN, 'n/a'],
    [Number.POSITIVE_INFINITY, 'n/a'],
  ]
  for (const [value, expected] of cases) t.equal(formatNumber(value), expected)
})

t.test('numbers below each other have the same decimals', async (t) => {
  t.strictSame(formatAlike([0.44, 0.1023, 0.00001, 0, -0.00001]), ['0.440', '0.102', '<0.001', '0', '>−0.001'])
  t.strictSame(formatAlike([12.5, 3, Number.NaN]), ['12.5', '3.0', 'n/a'])
  t.strictSame(formatAlike([1, 20, 300]), ['1', '20', '300'])
  t.strictSame(formatAlike([12000, 4.5]), ['12,000', '4.5'])
  t.strictSame(formatAlike([]), [])
})

t.test('a compact count has four characters at most', async (t) => {
  t.strictSame([7, 999, 1000, 1234, 45678, 999_499, 999_500, 1e6, 12_345_678].map(formatCompact), [
    '7',
    '999',
    '1k',
    '1.2k',
    '46k',
    '999k',
    '999,500',
    '1M',
    '12M',
  ])
})

t.test('only all is 100% and only nothing 0%', async (t) => {
  t.strictSame([0, 0.00001, 0.5, 2 / 3, 0.99999, 1, Number.NaN].map(formatShare), [
    '0%',
    '0.1%',
    '50%',
    '66.7%',
    '99.9%',
    '100%',
    'n/a',
  ])
})

t.test('ticks share decimals and unit', async (t) => {
  t.strictSame(formatTicks([0, 0.5, 1]), ['0', '0.5', '1.0'])
  t.strictSame(formatTicks([-20_000, 0, 20_000]), ['−20,000', '0', '20,000'])
  t.strictSame(formatTicks([0, 500_000, 1_000_000]), ['0', '0.5M', '1.0M'])
  t.strictSame(formatTicks([1_000_000, 1_000_001]), ['1,000,000', '1,000,001'])
  t.strictSame(formatTicks([0, 2e-7, 4e-7]), ['0', '2e−7', '4e−7'])
  t.strictSame(formatTicks([0, 0]), ['0', '0'])
})

t.test('no two ticks of a scale have the same label', async () => {
  const value = fc.double({ noNaN: true, min: -1e299, max: 1e299 }).map(drawable)
  fc.assert(
    fc.property(value, value, (a, b) => {
      const { ticks } = scale(Math.min(a, b), Math.max(a, b), { from: 0, to: 100, ticks: 5 })
      return new Set(formatTicks(ticks)).size === ticks.length
    }),
    { numRuns: 1000 },
  )
})
