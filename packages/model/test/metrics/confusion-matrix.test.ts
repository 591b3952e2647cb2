import fc from 'fast-check'
import t from 'tap'
import { accuracy } from '../../src/metrics/accuracy.ts'
import { classReport, confusionMatrix } from '../../src/metrics/confusion-matrix.ts'
import { near, reference } from './reference.ts'

t.test('the matrix is what scikit-learn says', async (t) => {
  for (const c of reference.classes) t.same([...confusionMatrix(c.actual, c.argmax, c.classes)], c.confusionMatrix)
})

t.test('the report is what scikit-learn says, also for a class that is never predicted', async (t) => {
  for (const c of reference.classes) {
    const report = classReport(c.confusionMatrix, c.classes)
    t.same(report.support, c.support)
    for (const name of ['precision', 'recall', 'f1'] as const) {
      t.ok(report[name].every((value, k) => near(value, c[name][k])))
      t.ok(near(report.macro[name], c.macro[name]))
      t.ok(near(report.weighted[name], c.weighted[name]))
    }
  }
  t.ok(reference.classes.some((c) => c.precision.includes(0)))
})

t.test('every row is counted once, and the diagonal is the accuracy', async () => {
  const answers = fc
    .integer({ min: 1, max: 6 })
    .chain((classes) =>
      fc.tuple(
        fc.constant(classes),
        fc.array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)), { minLength: 1, maxLength: 50 }),
      ),
    )
  fc.assert(
    fc.property(answers, ([classes, pairs]) => {
      const actual = pairs.map(([a]) => a)
      const predicted = pairs.map(([, p]) => p)
      const matrix = confusionMatrix(actual, predicted, classes)
      const total = matrix.reduce((sum, n) => sum + n, 0)
      let diagonal = 0
      for (let k = 0; k < classes; k++) diagonal += matrix[k * classes + k]
      return total === pairs.length && near(diagonal / total, accuracy(actual, predicted))
    }),
  )
})

t.test('refuses lengths that do not fit and classes out of range', async (t) => {
  t.throws(() => confusionMatrix([0, 1], [0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => confusionMatrix([0], [2], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => confusionMatrix([-1], [0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => confusionMatrix([], [], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => classReport([1, 2, 3], 2), { code: 'MODEL_ERR_METRIC' })
})
