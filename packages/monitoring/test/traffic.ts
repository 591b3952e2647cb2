import fc from 'fast-check'
import type { AnsweredRows, Reference } from '../src/index.ts'

/** Rows as a service sees them, and what was answered. */
export interface Traffic {
  readonly values: Float32Array
  readonly answers: AnsweredRows
}

/** Any rows that a model of this reference may be asked: in and out of range, unseen levels, missing values. */
export function traffic({ features, target }: Reference): fc.Arbitrary<Traffic> {
  const value = features.map((feature) =>
    feature.type === 'number'
      ? fc.oneof(fc.float({ noDefaultInfinity: true, noNaN: true }), fc.integer({ min: -3, max: 3 }), missing)
      : fc.oneof(fc.integer({ min: 0, max: feature.levels.length + 1 }), missing),
  )
  const width = target.type === 'class' ? target.classes.length : 1
  const row = fc.tuple(
    fc.tuple(...value),
    fc.array(fc.nat(10), { minLength: width, maxLength: width }),
    fc.tuple(fc.nat(width - 1), fc.nat(9), fc.nat(10)),
  )
  return fc.array(row, { minLength: 1, maxLength: 5 }).map((rows) => ({
    values: Float32Array.from(rows.flatMap(([of]) => of)),
    answers: {
      rows: rows.length,
      outputs: Float64Array.from(rows.flatMap(([, outputs]) => outputs.map((output) => output / 10))),
      classIds: Uint16Array.from(rows, ([, , [classId]]) => classId),
      disagreement: Float64Array.from(rows, ([, , [, disagreement]]) => disagreement / 10),
      rareShare: Float64Array.from(rows, ([, , [, , rareShare]]) => rareShare / 10),
    },
  }))
}

const missing = fc.constant(Number.NaN)
