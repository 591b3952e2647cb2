import fc from 'fast-check'
import t from 'tap'
import { rocAuc } from '../../src/metrics/roc-auc.ts'
import { near, reference } from './reference.ts'

t.test('is what scikit-learn says: two classes, several, ties', async (t) => {
  for (const c of reference.classes) t.ok(near(rocAuc(c.actual, c.probabilities, c.classes), c.rocAuc))
})

t.test('is the share of pairs in the right order, ties counting half', async () => {
  const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 8 })), { minLength: 2, maxLength: 40 })
  fc.assert(
    fc.property(rows, (pairs) => {
      const actual = pairs.map(([positive]) => Number(positive))
      const area = rocAuc(
        actual,
        pairs.flatMap(([, eighths]) => [1 - eighths / 8, eighths / 8]),
        2,
      )
      let sum = 0
      let count = 0
      for (const [positive, p] of pairs) {
        for (const [other, q] of pairs) {
          if (!positive || other) continue
          sum += p > q ? 1 : p === q ? 0.5 : 0
          count++
        }
      }
      return count === 0 ? Number.isNaN(area) : near(area, sum / count)
    }),
  )
})

t.test('is NaN when a class has no row', async (t) => {
  t.ok(Number.isNaN(rocAuc([0, 0], [0.5, 0.5, 0.1, 0.9], 2)))
  t.ok(Number.isNaN(rocAuc([0, 1], [0.5, 0.3, 0.2, 0.1, 0.8, 0.1], 3)))
})

t.test('refuses lengths that do not fit, one class and NaN', async (t) => {
  t.throws(() => rocAuc([0], [1, 0, 1, 0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => rocAuc([0], [1], 1), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => rocAuc([3], [1, 0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => rocAuc([0, 1], [1, 0, Number.NaN, 0], 2), { code: 'MODEL_ERR_METRIC', message: /row 1/ })
})
