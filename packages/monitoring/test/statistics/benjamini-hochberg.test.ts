import fc from 'fast-check'
import t from 'tap'
import { benjaminiHochberg } from '../../src/statistics/benjamini-hochberg.ts'
import { fixture, near } from './fixture.ts'

t.test('adjusted p-values are those of statsmodels and scipy', async (t) => {
  for (const { p, q, scipy } of fixture.adjusted) {
    const found = benjaminiHochberg(p)
    t.ok(found.every((value, index) => near(value, q[index]) && near(value, scipy[index])))
  }
  t.strictSame(benjaminiHochberg([]), [])
})

t.test('they keep the order of the p-values and lie between them and 1', async () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
      const q = benjaminiHochberg(p)
      return q.every(
        (value, i) =>
          value >= p[i] * (1 - 1e-15) && value <= 1 && p.every((other, j) => other < p[i] || q[j] >= value - 1e-15),
      )
    }),
  )
})
