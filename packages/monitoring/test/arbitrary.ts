import fc from 'fast-check'
import { buildReference, type Reference, type ReferenceInput, type ReferenceSignature } from '../src/index.ts'

export const SHA256 = 'ab'.repeat(32)

/** Column values as tables hold them: finite float32, often equal, sometimes missing. */
export const numberValue = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 4, arbitrary: fc.float({ noDefaultInfinity: true, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)

const signature: fc.Arbitrary<ReferenceSignature> = fc.record({
  features: fc.array(
    fc.oneof(
      fc.record({ name: fc.string(), type: fc.constant('number' as const) }),
      fc.record({
        name: fc.string(),
        type: fc.constant('category' as const),
        levels: fc.uniqueArray(fc.string(), { maxLength: 5 }),
      }),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  target: fc.oneof(
    fc.record({
      name: fc.string(),
      type: fc.constant('class' as const),
      classes: fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 5 }),
    }),
    fc.record({ name: fc.string(), type: fc.constant('number' as const) }),
  ),
})

const signals = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 20 })
  .chain((rows) =>
    fc.constantFrom(
      { disagreement: Float64Array.from(rows, ([value]) => value / 21) },
      {
        disagreement: Float64Array.from(rows, ([value]) => value / 21),
        rareShare: Float64Array.from(rows, ([, value]) => value / 20),
      },
    ),
  )

/** Any input that buildReference takes. */
export const input: fc.Arbitrary<ReferenceInput> = fc
  .tuple(signature, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }))
  .chain(([of, rows, answered]) => fc.tuple(fc.constant(of), columnsOf(of, rows), answersOf(of, answered)))
  .map(([of, columns, answers]) => ({ signature: of, columns, modelSha256: SHA256, ...answers }))
  .chain((of) => fc.record({ signals: fc.option(signals, { nil: undefined }) }).map((more) => ({ ...of, ...more })))

/** Any reference that buildReference makes. */
export const reference: fc.Arbitrary<Reference> = input.map(buildReference)

function columnsOf({ features }: ReferenceSignature, rows: number): fc.Arbitrary<Float32Array[]> {
  const columns = features.map((feature) => {
    const value = feature.type === 'number' ? numberValue : levelOf(feature.levels.length)
    return fc.array(value, { minLength: rows, maxLength: rows }).map((values) => Float32Array.from(values))
  })
  return fc.tuple(...columns)
}

function levelOf(levels: number): fc.Arbitrary<number> {
  const missing = fc.constant(Number.NaN)
  return levels === 0 ? missing : fc.oneof({ weight: 5, arbitrary: fc.nat(levels - 1) }, missing)
}

type Answers = Pick<ReferenceInput, 'probabilities' | 'values' | 'calibration'>

function answersOf({ target }: ReferenceSignature, rows: number): fc.Arbitrary<Answers> {
  if (target.type === 'number') {
    const finite = fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e300, max: 1e300 })
    const values = fc.array(finite, { minLength: rows, maxLength: rows }).map((list) => Float64Array.from(list))
    return fc.record({ values, calibration: fc.record({ values, actual: values }) })
  }
  const classes = target.classes.length
  const row = fc.oneof(
    { weight: 5, arbitrary: fc.array(fc.nat(20), { minLength: classes, maxLength: classes }).map(shares) },
    { weight: 1, arbitrary: fc.constant(new Array<number>(classes).fill(Number.NaN)) },
  )
  const probabilities = fc
    .array(row, { minLength: rows, maxLength: rows })
    .map((list) => Float64Array.from(list.flat()))
  const actual = fc.array(fc.nat(classes - 1), { minLength: rows, maxLength: rows })
  return fc.record({ probabilities, calibration: fc.record({ probabilities, actual }) })
}

function shares(weights: number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => (sum === 0 ? 1 / weights.length : weight / sum))
}
