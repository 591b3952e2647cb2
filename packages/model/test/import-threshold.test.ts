import fc from 'fast-check'
import t from 'tap'
import { splitThreshold } from '../src/import-threshold.ts'

const { fround } = Math

t.test('is exact for every float32 where the split is a mean of float32 values', async () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: fround(-1e6), max: fround(1e6) })
  fc.assert(
    fc.property(float, fc.integer({ min: 1, max: 2000 }), float, (a, steps, other) => {
      const b = stepUp(a, steps)
      const split = (a + b) / 2
      const threshold = splitThreshold(split)!
      return [a, b, fround(split), other].every((x) => x < split === x <= threshold)
    }),
    { numRuns: 2000 },
  )
})

t.test('is exact for decimals where the split is a mean of decimals, or a decimal', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -99999, max: 99999 }),
      fc.nat(40),
      fc.nat(4),
      fc.integer({ min: -25, max: 25 }),
      (units, gap, digits, offset) => {
        const a = units / 10 ** digits
        const b = (units + gap) / 10 ** digits
        const split = (a + b) / 2
        const threshold = splitThreshold(split)!
        const other = (units + offset) / 10 ** digits
        return [a, b, other].every((x) => x < split === fround(x) <= threshold)
      },
    ),
    { numRuns: 5000 },
  )
})

t.test('decides as float64 does for the split itself and for all that differs from it in float32', async () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 })
  fc.assert(
    fc.property(double, double, fc.integer({ min: -3, max: 3 }), (split, other, steps) => {
      const threshold = splitThreshold(split)!
      return [other, stepUp(fround(split), steps)].every(
        (x) => fround(x) === fround(split) || x < split === fround(x) <= threshold,
      )
    }),
    { numRuns: 2000 },
  )
})

t.test('a full-precision value that is the split goes right, as it does in float64', async (t) => {
  for (const split of [Math.PI, -Math.E, 1 / 3, 123456.789012345]) t.ok(fround(split) > splitThreshold(split)!)
})

t.test('at the ends of float32', async (t) => {
  const max = 3.4028234663852886e38
  t.equal(splitThreshold(0), -(2 ** -149))
  t.equal(splitThreshold(-0), -(2 ** -149))
  t.equal(splitThreshold(2 ** -149), 0)
  t.equal(splitThreshold(1e300), max, 'everything is below')
  t.equal(splitThreshold(max), 3.4028232635611926e38)
  t.equal(splitThreshold(-max), undefined, 'nothing is below')
  t.equal(splitThreshold(-1e300), undefined)
})

function stepUp(value: number, steps: number): number {
  const words = new Int32Array(Float32Array.of(value === 0 ? 0 : value).buffer)
  const ordered = words[0] >= 0 ? words[0] : -(words[0] & 0x7fffffff)
  const next = ordered + steps
  words[0] = next >= 0 ? next : -next | 0x80000000
  return new Float32Array(words.buffer)[0]
}
