import fc from 'fast-check'
import t from 'tap'
import { exponentOf, log2, powerOfTwo, xlog2x } from '../src/logarithm.ts'

const exponents = Array.from({ length: 2046 }, (_, i) => i - 1022)

t.test('log2 is within 1e-15 of the true value', async (t) => {
  const positive = fc.oneof(
    fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true }),
    fc.double({ min: 0.5, max: 2, noNaN: true }),
    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  )
  fc.assert(
    fc.property(positive, (x) => {
      const expected = Math.log2(x)
      return Math.abs(log2(x) - expected) <= 1e-15 * Math.abs(expected)
    }),
    { numRuns: 20_000, seed: 1 },
  )
  t.ok(exponents.every((exponent) => log2(2 ** exponent) === exponent))
})

t.test('x log2 x is the same from its table and without it', async (t) => {
  t.equal(xlog2x(0), 0)
  t.ok(Array.from({ length: 20_000 }, (_, i) => i + 1).every((x) => xlog2x(x) === x * log2(x)))
  t.equal(xlog2x(0.5), -0.5)
})

t.test('powers of two and exponents', async (t) => {
  t.ok(exponents.every((exponent) => powerOfTwo(exponent) === 2 ** exponent))
  t.ok(exponents.every((exponent) => exponentOf(powerOfTwo(exponent) * 1.75) === exponent))
})
