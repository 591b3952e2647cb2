import t from 'tap'
import * as tracking from '../src/index.ts'

t.test('the public names', async (t) => {
  t.same(Object.keys(tracking).sort(), [
    'MlflowClient',
    'TrackingError',
    'environmentOptions',
    'listRuns',
    'openTracking',
    'parseModelReference',
    'prune',
    'readJournal',
    'readRun',
    'resolveModel',
    'storeStatus',
    'sync',
    'watchAlias',
  ])
})
