import t from 'tap'
import { kolmogorovSurvival } from '../../src/statistics/kolmogorov.ts'
import { fixture, near } from './fixture.ts'

t.test("Kolmogorov's distribution is scipy's kstwobign", async (t) => {
  for (const [x, value] of fixture.kolmogorov) t.ok(near(kolmogorovSurvival(x), value, 1e-12), `${x}`)
  t.equal(kolmogorovSurvival(0), 1)
})
