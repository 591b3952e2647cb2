import fc from 'fast-check'
import t from 'tap'
import { Quantiles } from '../../src/metrics/quantiles.ts'

// Values are cast to float32 first.
t.test('a quantile is within 1/128 of the exact one', async () => {
  const seconds = fc.double({ min: Math.log(2e-6), max: Math.log(1000), noNaN: true }).map(Math.exp)
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1 }), fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1), (values, q) => {
      const quantiles = new Quantiles()
      for (const value of values) quantiles.add(value)
      const exact = values.toSorted((a, b) => a - b)[Math.max(Math.ceil(q * values.length), 1) - 1]!
      return Math.abs(quantiles.at(q) - exact) <= exact * (1 / 128 + 1e-6)
    }),
  )
})

t.test('count and sum are exact', async (t) => {
  const quantiles = new Quantiles()
  t.strictSame([quantiles.count, quantiles.sum, quantiles.at(0.5)], [0, 0, 0])
  for (const seconds of [0.25, 0.5, 4]) quantiles.add(seconds)
  t.strictSame([quantiles.count, quantiles.sum], [3, 4.75])
})

t.test('what is too short or too long to be told apart is at the ends', async (t) => {
  const quantiles = new Quantiles()
  quantiles.add(0)
  quantiles.add(1e-9)
  quantiles.add(1e9)
  t.ok(quantiles.at(0) < 1e-6)
  t.ok(quantiles.at(1) > 2000 && quantiles.at(1) < 2048)
})
