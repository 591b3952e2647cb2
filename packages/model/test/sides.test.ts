import fc from 'fast-check'
import t from 'tap'
import { entropyOfSides, log2Single } from '../src/sides.ts'

const weight = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 }))

t.test('the entropy of two sides is within 2^-22 of the true value, and the same mirrored', async (t) => {
  fc.assert(
    fc.property(weight, weight, (left, right) => {
      const p = left / (left + right)
      const q = right / (left + right)
      const found = entropyOfSides(left, right)
      return (
        found > 0 &&
        found === Math.fround(found) &&
        found === entropyOfSides(right, left) &&
        Math.abs(found + p * Math.log2(p) + q * Math.log2(q)) <= 2 ** -22
      )
    }),
    { numRuns: 20_000, seed: 1 },
  )
  t.equal(entropyOfSides(7, 7), 1)
})

t.test('an empty side has none', async (t) => {
  t.equal(entropyOfSides(0, 5), 0)
  t.equal(entropyOfSides(2 ** 30, 0), 0)
})

t.test('the logarithm of a float32 is within 2^-22 of its size, exact for powers of two, and -127 of 0', async (t) => {
  fc.assert(
    fc.property(fc.float({ min: Math.fround(2 ** -40), max: 1, noNaN: true }), (x) => {
      const expected = Math.log2(x)
      return Math.abs(log2Single(x) - expected) <= 2 ** -22 * Math.abs(expected)
    }),
    { numRuns: 20_000, seed: 1 },
  )
  for (let exponent = 0; exponent > -100; exponent--) t.equal(log2Single(2 ** exponent), exponent)
  t.equal(log2Single(0), -127)
})
