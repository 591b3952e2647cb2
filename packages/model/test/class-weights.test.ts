import t from 'tap'
import { toWhole, weighClasses } from '../src/class-weights.ts'
import { resolveParameters } from '../src/parameters.ts'
import { tableOf } from './training-tables.ts'

t.test('two weights come to the closest ratio of whole numbers', async (t) => {
  const whole = (a: number, b: number) => toWhole(Float64Array.of(a, b), 1e6)?.whole
  t.same(whole(0.5, 0.5), [1, 1])
  t.same(whole(0.99, 0.01), [99, 1])
  t.same(whole(80_000 / (2 * 30_000), 80_000 / (2 * 50_000)), [5, 3], 'balanced')
  const [a, b] = whole(Math.PI, Math.E) ?? []
  t.ok(a <= 32767 && b <= 32767 && Math.abs(a / b / (Math.PI / Math.E) - 1) < 1e-8)
  t.equal(whole(1, 40_000), undefined, 'not above a ratio of 32,767')
  t.equal(whole(1, 0), undefined)
})

t.test('more weights come to multiples of a unit that keeps squares of sums below 2^53', async (t) => {
  t.same(toWhole(Float64Array.of(1, 0.5, 0.25), 1)?.whole, [32767, 16384, 8192])
  t.same(toWhole(Float64Array.of(1, 0.5, 0.001), 1e6)?.whole, [67, 34, 1], 'a weight above 0 stays above 0')
  t.equal(toWhole(Float64Array.of(1, 0.5, 0.25), 2 ** 22), undefined, 'but not of too few')
})

t.test("'balanced' counts rows of weight above 0", async (t) => {
  const table = tableOf([[1], [2], [3], [4]], [0, 0, 0, 1], { classes: 3, weights: [1, 2, 0, 1] })
  const weigh = (classWeight: 'balanced' | null) =>
    weighClasses(table, resolveParameters({ classWeight }, table.signature.target))
  t.same(weigh('balanced'), Float64Array.of(3 / (2 * 2), 3 / 2, 1))
  t.equal(weigh(null), undefined)
})
