import t from 'tap'
import { chiSquared } from '../../src/statistics/chi-squared.ts'
import { fixture, near } from './fixture.ts'

t.test("statistic, degrees and p-value are those of scipy's chi2_contingency", async (t) => {
  for (const { reference, current, chi2, dof, p_chi2 } of fixture.tables) {
    const found = chiSquared(reference, current)
    t.ok(near(found.statistic, chi2), `${found.statistic}, ${chi2}`)
    t.equal(found.degrees, dof)
    t.ok(near(found.pValue, p_chi2, 1e-9), `${found.pValue}, ${p_chi2}`)
  }
})

t.test('what cannot be compared is no evidence', async (t) => {
  for (const [reference, current] of [
    [[5], [3]],
    [
      [0, 5],
      [0, 9],
    ],
    [
      [1, 1],
      [0, 0],
    ],
    [[], []],
  ]) {
    t.equal(chiSquared(reference, current).pValue, 1)
  }
})
