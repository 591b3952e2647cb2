import fc from 'fast-check'
import t from 'tap'
import { survey, surveyPlainly } from '../src/survey.ts'

const MOST = 3.4028234663852886e38

t.test('the kernel sees in a column what the plain way sees', async (t) => {
  const cell = fc.oneof(
    { weight: 1, arbitrary: fc.float() },
    { weight: 3, arbitrary: fc.integer({ min: -9, max: 2 ** 25 }) },
    { weight: 1, arbitrary: fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY, -MOST, MOST, 2 ** 24 + 2) },
  )
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 8 }), fc.integer({ min: 2000, max: 20_000 }), cell, (some, rows, rest) => {
      const column = new Float32Array(rows).fill(rest)
      for (const [i, value] of some.entries()) column[(i * 7919) % rows] = value
      const [found, expected] = [survey(column), surveyPlainly(column)]
      return JSON.stringify(text(found)) === JSON.stringify(text(expected))
    }),
    { numRuns: 300 },
  )
  t.same(survey(new Float32Array(3000).fill(Number.NaN)), {
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
    missing: true,
    whole: true,
  })
})

function text(found: object): string[] {
  return Object.values(found).map(String)
}
