import t from 'tap'
import { kolmogorovSmirnov } from '../../src/statistics/kolmogorov-smirnov.ts'
import { fixture, near } from './fixture.ts'

t.test("the statistic is that of scipy's ks_2samp, the p-value that of kstwobign", async (t) => {
  for (const { reference, current, ks, p_ks } of fixture.tables) {
    const { statistic, pValue } = kolmogorovSmirnov(reference, current)
    t.ok(Math.abs(statistic - ks) < 1e-14)
    t.ok(near(pValue, p_ks, 1e-10), `${pValue}, ${p_ks}`)
  }
})

t.test('one bin, or nothing, is no evidence', async (t) => {
  t.equal(kolmogorovSmirnov([5], [7]).pValue, 1)
  t.equal(kolmogorovSmirnov([5, 1], [0, 0]).pValue, 1)
})
