import t from 'tap'
import { checkDataset } from '../src/dataset-input.ts'
import type { DatasetInput } from '../src/index.ts'

const dataset: DatasetInput = { name: 'iris', digest: 'abc', source: { type: 'local', uri: 'iris.csv' } }

t.test('a data set takes the form that MLflow keeps', async (t) => {
  t.same(checkDataset(dataset), {
    op: 'dataset',
    name: 'iris',
    digest: 'abc',
    sourceType: 'local',
    source: '{"uri":"iris.csv"}',
    schema: null,
    profile: null,
    context: null,
  })
  const more = { schema: { mlflow_colspec: [] }, profile: { num_rows: 150 }, context: 'train' }
  t.match(checkDataset({ ...dataset, ...more, source: { type: 'http', uri: 'https://x/y' } }), {
    source: '{"url":"https://x/y"}',
    schema: '{"mlflow_colspec":[]}',
    profile: '{"num_rows":150}',
    context: 'train',
  })
})

t.test('what MLflow would cut off or refuse is refused', async (t) => {
  const refused = { code: 'TRACKING_ERR_VALUE' }
  t.throws(() => checkDataset({ ...dataset, digest: 'x'.repeat(37) }), {
    ...refused,
    message: /digest is 37 characters long/,
  })
  for (const wrong of [
    { name: '' },
    { digest: '' },
    { name: 5 },
    { source: {} },
    { source: undefined },
    { schema: () => 1 },
    { context: 5 },
  ]) {
    t.throws(() => checkDataset({ ...dataset, ...wrong } as never), refused, JSON.stringify(wrong))
  }
})
