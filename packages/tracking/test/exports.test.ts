import t from 'tap'
import * as tracking from '../src/index.ts'

t.test('the public names', async (t) => {
  t.same(Object.keys(tracking).sort(), [
    'TrackingError',
    'listRuns',
    'openTracking',
    'parseModelReference',
    'readJournal',
    'readRun',
    'resolveModel',
  ])
})
