import t from 'tap'
import { rangeOf } from '../src/range.ts'

t.test('2^32 steps reach from the smallest value beyond the largest', async (t) => {
  const range = rangeOf(Float64Array.of(3, -1, 10))
  t.same(range, { centre: 4, lowest: -5, step: 2 ** (3 + 1 - 32) })
  t.ok(11 / 2 ** -28 < 2 ** 32)
})

t.test('values of one kind, or too far apart, have none', async (t) => {
  t.equal(rangeOf(Float64Array.of(7, 7)), undefined)
  t.equal(rangeOf(Float64Array.of(-1e160, 1e160)), undefined)
})
