import fc from 'fast-check'
import t from 'tap'
import { checkGolden, parseGolden } from '../../src/model/golden.ts'
import { golden, IRIS_GOLDEN, irisForest, MIXED_GOLDEN, mixedForest } from '../bundle.ts'

t.test('a forest reproduces its golden rows, missing values and unseen levels among them', async () => {
  checkGolden(irisForest(), parseGolden(golden(irisForest(), IRIS_GOLDEN)))
  checkGolden(mixedForest(), parseGolden(golden(mixedForest(), MIXED_GOLDEN)))
})

t.test('a forest that answers otherwise is refused, by however little', async (t) => {
  const other = irisForest(0.75 + 2 ** -53)
  t.throws(() => checkGolden(other, parseGolden(golden(irisForest(), IRIS_GOLDEN))), {
    code: 'API_ERR_GOLDEN',
    message: /golden row 1/,
  })
  t.throws(() => checkGolden(mixedForest(), parseGolden(golden(irisForest(), IRIS_GOLDEN))), {
    code: 'API_ERR_GOLDEN',
    message: 'Golden row 0 has 4 values for 3 features.',
  })
  const short = { rows: IRIS_GOLDEN, outputs: IRIS_GOLDEN.map(() => [1]) }
  t.throws(() => checkGolden(irisForest(), short), { code: 'API_ERR_GOLDEN' })
})

t.test('a file of another form is refused', async (t) => {
  const good = { format: 'copse-golden', version: 1, rows: [[1]], outputs: [[1]] }
  const bad = [
    null,
    [],
    { ...good, format: 'golden' },
    { ...good, version: 2 },
    { ...good, rows: undefined },
    { ...good, rows: [[1, 'x']] },
    { ...good, rows: [] },
    { ...good, outputs: [[null]] },
    { ...good, outputs: [[1], [2]] },
  ]
  for (const json of bad)
    t.throws(() => parseGolden(JSON.stringify(json)), { code: 'API_ERR_BUNDLE' }, JSON.stringify(json))
  t.throws(() => parseGolden('{'), { code: 'API_ERR_BUNDLE', message: /not JSON/ })
})

t.test('no JSON gets an uncoded error', async (t) => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        parseGolden(text)
      } catch (error) {
        return (error as { code?: string }).code === 'API_ERR_BUNDLE'
      }
      return false
    }),
  )
  t.pass()
})
