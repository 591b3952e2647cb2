import t from 'tap'
import { columnReference } from '../src/column.ts'

const nan = Number.NaN

t.test('a number column counts what is there and what is missing', async (t) => {
  t.strictSame(columnReference({ name: 'age', type: 'number' }, Float32Array.of(1, nan, 3, 1)), {
    name: 'age',
    type: 'number',
    missing: 1,
    edges: [2],
    counts: [2, 1],
    min: 1,
    max: 3,
    mean: 5 / 3,
    sd: Math.sqrt(8 / 9),
  })
})

t.test('a category column counts its levels', async (t) => {
  const feature = { name: 'cut', type: 'category', levels: ['Fair', 'Good', 'Ideal'] } as const
  t.strictSame(columnReference(feature, Float32Array.of(0, 2, nan, 0)), {
    name: 'cut',
    type: 'category',
    missing: 1,
    levels: ['Fair', 'Good', 'Ideal'],
    counts: [2, 0, 1],
  })
})

t.test('an all-missing column works', async (t) => {
  t.match(columnReference({ name: 'x', type: 'number' }, Float32Array.of(nan, nan)), {
    missing: 2,
    counts: [0],
    min: null,
  })
  const category = { name: 'x', type: 'category', levels: [] } as const
  t.strictSame(columnReference(category, Float32Array.of(nan, nan)), { ...category, missing: 2, counts: [] })
})

t.test('an infinite number and an index beyond the levels are refused with row and feature', async (t) => {
  const infinite = Float32Array.of(1, Number.NEGATIVE_INFINITY)
  t.throws(() => columnReference({ name: 'age', type: 'number' }, infinite), {
    code: 'MONITORING_ERR_VALUE',
    message: 'Row 1 of feature "age" is infinite, not a number.',
  })
  for (const index of [2, -1, 0.5, Number.POSITIVE_INFINITY]) {
    const column = Float32Array.of(0, index)
    t.throws(() => columnReference({ name: 'cut', type: 'category', levels: ['a', 'b'] }, column), {
      code: 'MONITORING_ERR_VALUE',
      message: 'Row 1 of feature "cut" is not the index of one of its 2 levels.',
    })
  }
})
