import fc from 'fast-check'
import t from 'tap'
import { sum } from '../../src/statistics/chi-squared.ts'
import { expectedPsi, jensenShannon, psi, smoothShares } from '../../src/statistics/distance.ts'
import { fixture, near } from './fixture.ts'

t.test("PSI and Jensen-Shannon are scipy's rel_entr both ways and squared jensenshannon", async (t) => {
  for (const { reference, current, js, psi: expected } of fixture.tables) {
    const [n1, n2] = [sum(reference), sum(current)]
    const plain = jensenShannon(
      reference.map((count) => count / n1),
      current.map((count) => count / n2),
    )
    t.ok(Math.abs(plain - js) < 1e-14, `${plain}, ${js}`)
    t.ok(near(psi(smoothShares(reference), smoothShares(current)), expected, 1e-10))
  }
})

t.test('both are 0 for equal shares and only then, symmetric, and JS is at most 1', async () => {
  const counts = fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }).map(smoothShares)
  fc.assert(
    fc.property(counts, counts, (p, q) => {
      const js = jensenShannon(p, q)
      const close = (a: number, b: number) => Math.abs(a - b) < 1e-12
      return (
        close(sum(p), 1) &&
        psi(p, p) === 0 &&
        jensenShannon(p, p) === 0 &&
        psi(p, q) >= 0 &&
        js >= 0 &&
        js <= 1 &&
        close(psi(p, q), psi(q, p)) &&
        close(js, jensenShannon(q, p))
      )
    }),
  )
  fc.assert(fc.property(fc.constant(0), () => jensenShannon([1, 0], [0, 1]) === 1))
})

t.test('between samples of one distribution PSI is (bins - 1)(1/n1 + 1/n2) on average', async (t) => {
  t.equal(expectedPsi(10, 5000, 200), 9 * (1 / 5000 + 1 / 200))
  t.equal(expectedPsi(10, 0, 200), 0)
})
