import * as dataset from '@copse/dataset'
import t from 'tap'

t.test('the public names', async (t) => {
  t.same(Object.keys(dataset).sort(), ['Dataset', 'DatasetError', 'holdOut', 'iris', 'kFold', 'readCsv', 'split'])
})
