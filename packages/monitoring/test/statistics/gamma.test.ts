import t from 'tap'
import { logGamma, upperGamma } from '../../src/statistics/gamma.ts'
import { fixture, near } from './fixture.ts'

t.test("log-gamma is scipy's gammaln", async (t) => {
  for (const [x, value] of fixture.log_gamma) {
    t.ok(Math.abs(logGamma(x) - value) <= 2e-14 * Math.max(1, Math.abs(value)), `${x}: ${logGamma(x)}, ${value}`)
  }
})

t.test("the upper incomplete gamma function is scipy's gammaincc, far tails included", async (t) => {
  for (const [shape, x, value] of fixture.upper_gamma) {
    const found = upperGamma(shape, x)
    t.ok(near(found, value, 1e-10) || Math.abs(found - value) < 1e-14, `Q(${shape}, ${x}): ${found}, ${value}`)
  }
  for (const [x, degrees, value] of fixture.chi2_sf) t.ok(near(upperGamma(degrees / 2, x / 2), value))
})

t.test('the ends', async (t) => {
  t.equal(upperGamma(3, 0), 1)
  t.equal(upperGamma(3, -1), 1)
  t.equal(upperGamma(3, Infinity), 0)
})
