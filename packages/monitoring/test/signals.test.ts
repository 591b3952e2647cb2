import t from 'tap'
import { signalReference } from '../src/signals.ts'

t.test('both signals are histograms of all rows', async (t) => {
  const { rows, disagreement, rareShare } = signalReference({
    disagreement: Float64Array.of(0, 0.5, 0),
    rareShare: Float64Array.of(1, 1, 1),
  })
  t.equal(rows, 3)
  t.match(disagreement, { counts: [2, 1], min: 0, max: 0.5 })
  t.match(rareShare, { counts: [3], edges: [] })
})

t.test('a forest without leaf counts has no rare share', async (t) => {
  t.equal(signalReference({ disagreement: Float64Array.of(0) }).rareShare, null)
  const unknown = Float64Array.of(Number.NaN)
  t.equal(signalReference({ disagreement: Float64Array.of(0), rareShare: unknown }).rareShare, null)
})

t.test('rows that do not fit, and values that no forest gives, are refused', async (t) => {
  const disagreement = Float64Array.of(0, 1)
  t.throws(() => signalReference({ disagreement, rareShare: Float64Array.of(1) }), {
    code: 'MONITORING_ERR_PREDICTIONS',
  })
  for (const odd of [Number.NaN, Infinity]) {
    t.throws(() => signalReference({ disagreement: Float64Array.of(0, odd) }), {
      code: 'MONITORING_ERR_VALUE',
      message: 'The signal of row 1 is not a finite number.',
    })
    t.throws(() => signalReference({ disagreement, rareShare: Float64Array.of(0, odd) }), {
      code: 'MONITORING_ERR_VALUE',
    })
  }
})
