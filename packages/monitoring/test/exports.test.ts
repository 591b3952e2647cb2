import t from 'tap'
import * as monitoring from '../src/index.ts'

t.test('the public names', async (t) => {
  t.strictSame(Object.keys(monitoring).sort(), [
    'CHECK_DEFAULTS',
    'CONFIDENCE_BINS',
    'Counter',
    'DriftWatch',
    'FileSink',
    'LOG_DEFAULTS',
    'Layout',
    'MonitoringError',
    'PredictionLog',
    'REFERENCE_FORMAT',
    'REFERENCE_VERSION',
    'RESIDUAL_SHARES',
    'StreamSink',
    'WATCH_DEFAULTS',
    'WINDOW_DEFAULTS',
    'Window',
    'buildReference',
    'checkDrift',
    'eraseRecords',
    'feedbackLine',
    'newTally',
    'parseRecord',
    'parseReference',
    'readLog',
    'recordFormat',
  ])
})
