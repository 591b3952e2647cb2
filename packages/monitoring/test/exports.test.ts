import t from 'tap'
import * as monitoring from '../src/index.ts'

t.test('the public names', async (t) => {
  t.strictSame(Object.keys(monitoring).sort(), [
    'CONFIDENCE_BINS',
    'MonitoringError',
    'REFERENCE_FORMAT',
    'REFERENCE_VERSION',
    'RESIDUAL_SHARES',
    'buildReference',
    'parseReference',
  ])
})
