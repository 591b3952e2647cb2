import t from 'tap'
import * as charts from '../src/index.ts'

t.test('the public names', async (t) => {
  t.strictSame(Object.keys(charts).sort(), ['ChartsError', 'bars', 'confusionMatrix', 'lines', 'overlay'])
})
