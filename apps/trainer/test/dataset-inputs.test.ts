import { Dataset, readCsv } from '@copse/dataset'
import t from 'tap'
import { datasetInputs } from '../src/dataset-inputs.ts'
import { cutTable, type Parts } from '../src/parts.ts'
import { gems, save } from './tables.ts'

t.test('columns as MLflow names their types, for the rows of each side', async (t) => {
  const file = save(t.testdir(), 'gems.csv', gems())
  const parts = cutTable(await readCsv(file, { target: 'sold' }), 1)
  const [train, test] = datasetInputs(parts, file)
  t.match(train, {
    name: 'gems',
    digest: /^[0-9a-f]{8}$/,
    source: { type: 'local', uri: /^file:\/\/.*gems\.csv$/ },
    schema: {
      mlflow_colspec: [
        { type: 'double', name: 'carat', required: false },
        { type: 'string', name: 'cut', required: false },
        { type: 'double', name: 'depth', required: true },
        { type: 'string', name: 'sold', required: true },
      ],
    },
    profile: { num_rows: parts.train.rows, num_elements: 4 * parts.train.rows },
    context: 'train',
  })
  t.match(test, { context: 'eval', profile: { num_rows: parts.test.rows } })
  t.not(train?.digest, test?.digest)
})

t.test('a schema that MLflow would not keep is left out', async (t) => {
  const names = Array.from({ length: 30 }, (_, f) => `${f} ${'long '.repeat(8000)}`)
  const row = [...names.map((_, f) => f), 1]
  const table = Dataset.fromRows([row, row], { target: 'y', task: 'regression', featureNames: names })
  const [input] = datasetInputs({ train: table, test: table } as unknown as Parts, undefined)
  t.notOk(input && 'schema' in input)
  t.match(input?.profile, { num_rows: 2 })
})
