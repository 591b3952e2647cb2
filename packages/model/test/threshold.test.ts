import fc from 'fast-check'
import t from 'tap'
import { MAX_FLOAT32, thresholdBetween } from '../src/threshold.ts'

t.test('is the largest float32 at or below the midpoint, and parts the two values', async (t) => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [below, above] = [Math.min(a, b) + 0, Math.max(a, b) + 0]
      fc.pre(below < above)
      const threshold = thresholdBetween(below, above)
      const midpoint = below / 2 + above / 2
      const next = new Float32Array([threshold])
      new Int32Array(next.buffer)[0] += threshold >= 0 ? 1 : -1
      return (
        Math.fround(threshold) === threshold &&
        below <= threshold &&
        threshold < above &&
        threshold <= midpoint &&
        (next[0] > midpoint || Number.isNaN(next[0]))
      )
    }),
    { numRuns: 20_000, seed: 1 },
  )
  t.pass()
})

t.test('of neighbours is the lower one', async (t) => {
  t.equal(thresholdBetween(1, Math.fround(1 + 2 ** -23)), 1)
  t.equal(thresholdBetween(0, 1.401298464324817e-45), 0)
  t.equal(thresholdBetween(-1.401298464324817e-45, 0), -1.401298464324817e-45)
  t.equal(thresholdBetween(-MAX_FLOAT32, MAX_FLOAT32), 0)
})

t.test('of iris', async (t) => {
  t.equal(thresholdBetween(Math.fround(0.6), 1), Math.fround(0.8))
  t.equal(thresholdBetween(1.5, 2), 1.75)
})
