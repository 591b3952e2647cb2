import t from 'tap'
import { fisherExact, outOfRange } from '../../src/statistics/exact.ts'
import { fixture, near } from './fixture.ts'

t.test("one-sided p-values are those of scipy's fisher_exact", async (t) => {
  for (const { hits1, n1, hits2, n2, greater, less } of fixture.fisher) {
    const found = fisherExact(hits1, n1, hits2, n2)
    t.ok(near(found.greater, greater, 1e-9), `greater: ${found.greater}, ${greater}`)
    t.ok(near(found.less, less, 1e-9), `less: ${found.less}, ${less}`)
    t.equal(found.both, Math.min(1, 2 * Math.min(found.greater, found.less)))
  }
})

t.test('values out of range follow the beta-binomial distribution', async (t) => {
  for (const [k, n, N, value] of fixture.out_of_range) {
    t.ok(near(outOfRange(k, n, N), value, 1e-9), `${k} of ${n}, ${N}: ${outOfRange(k, n, N)}, ${value}`)
  }
  t.equal(outOfRange(0, 50, 100), 1)
  t.equal(outOfRange(5, 50, 1), 1, 'one value has no range')
  t.ok(outOfRange(50, 50, 100) > 0)
})
