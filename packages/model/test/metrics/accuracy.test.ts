import t from 'tap'
import { accuracy } from '../../src/metrics/accuracy.ts'
import { reference } from './reference.ts'

t.test('is what scikit-learn says', async (t) => {
  for (const c of reference.classes) t.equal(accuracy(c.actual, c.argmax), c.accuracy)
})

t.test('refuses different lengths and no rows', async (t) => {
  t.throws(() => accuracy([1, 2], [1]), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => accuracy([], []), { code: 'MODEL_ERR_METRIC' })
})
