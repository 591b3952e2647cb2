import t from 'tap'
import { importancesOf } from '../src/importance.ts'

t.test('is the mean of the trees, each brought to sum 1', async (t) => {
  t.same(importancesOf([Float64Array.of(1, 3), Float64Array.of(0.5, 0)], 2), [0.625, 0.375])
})

t.test('trees without a split do not count', async (t) => {
  t.same(importancesOf([Float64Array.of(0, 0), Float64Array.of(1, 1)], 2), [0.5, 0.5])
  t.same(importancesOf([Float64Array.of(0, 0)], 2), [0, 0])
})
