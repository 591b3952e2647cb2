import t from 'tap'
import { mae, r2, rmse } from '../../src/metrics/regression.ts'
import { near, reference } from './reference.ts'

t.test('are what scikit-learn says, also for a constant target', async (t) => {
  for (const c of reference.numbers) {
    t.ok(near(rmse(c.actual, c.predicted), c.rmse))
    t.ok(near(mae(c.actual, c.predicted), c.mae))
    t.ok(near(r2(c.actual, c.predicted), c.r2))
  }
})

t.test('R2 of one row is NaN', async (t) => {
  t.ok(Number.isNaN(r2([1], [1])))
})

t.test('refuse different lengths and no rows', async (t) => {
  for (const metric of [rmse, mae, r2]) {
    t.throws(() => metric([1, 2], [1]), { code: 'MODEL_ERR_METRIC' })
    t.throws(() => metric([], []), { code: 'MODEL_ERR_METRIC' })
  }
})

t.test('R2 of a constant target whose mean is not exact', async (t) => {
  t.equal(r2(new Array(7).fill(0.1), new Array(7).fill(0.1)), 1)
  t.equal(r2(new Array(7).fill(0.1), new Array(7).fill(0.2)), 0)
})
