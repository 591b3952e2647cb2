import t from 'tap'
import { nearest } from '../src/nearest.ts'

t.test('the nearest whole number, halves to the even one', async (t) => {
  t.same([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, -0.51].map(nearest), [0, 2, 2, 0, -2, -2, 0, -1])
  t.equal(nearest(2 ** 51 + 0.5), 2 ** 51)
  t.equal(nearest(2 ** 52 + 1), 2 ** 52 + 1)
  t.ok(Object.is(nearest(-0.2), 0), 'without a sign on zero')
})
