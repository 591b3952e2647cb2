import t from 'tap'
import * as monitoring from '../src/index.ts'

t.test('the public names', async (t) => {
  t.strictSame(Object.keys(monitoring).sort(), [
    'CONFIDENCE_BINS',
    'Counter',
    'Layout',
    'MonitoringError',
    'REFERENCE_FORMAT',
    'REFERENCE_VERSION',
    'RESIDUAL_SHARES',
    'WINDOW_DEFAULTS',
    'Window',
    'buildReference',
    'parseReference',
  ])
})
