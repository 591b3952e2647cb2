import t from 'tap'
import { logLoss } from '../../src/metrics/log-loss.ts'
import { near, reference } from './reference.ts'

t.test('is what scikit-learn says, also where a probability is 0 or 1', async (t) => {
  for (const c of reference.classes) t.ok(near(logLoss(c.actual, c.probabilities, c.classes), c.logLoss))
  t.ok(reference.classes.some((c) => c.actual.some((k, row) => c.probabilities[row * c.classes + k] === 0)))
})

t.test('a certain and wrong answer costs -ln(2^-52)', async (t) => {
  t.ok(near(logLoss([0], [0, 1], 2), 52 * Math.LN2))
})

t.test('refuses lengths that do not fit, classes out of range and numbers that are no probabilities', async (t) => {
  t.throws(() => logLoss([0, 1], [1, 0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => logLoss([], [], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => logLoss([2], [1, 0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => logLoss([0.5], [1, 0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => logLoss([0], [Number.NaN, 0], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => logLoss([0], [1.1, 0], 2), { code: 'MODEL_ERR_METRIC' })
})
