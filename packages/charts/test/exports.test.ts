import t from 'tap'
import * as charts from '../src/index.ts'

t.test('the public names', async (t) => {
  t.strictSame(Object.keys(charts).sort(), [
    'ChartsError',
    'DARK',
    'LIGHT',
    'bars',
    'confusionMatrix',
    'formatAlike',
    'formatNumber',
    'formatShare',
    'histogram',
    'lines',
    'overlay',
    'pageStyle',
  ])
})
