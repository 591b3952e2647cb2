import { type Dataset, iris, type Signature } from '@copse/dataset'
import type * as model from '@copse/model'
import t from 'tap'

// The assignments are the test: they hold at type check or not at all.
const asTable = (dataset: Dataset): model.Table => dataset
const asSignature = (signature: Signature): model.Signature => signature

t.test('a dataset is a table of the model', async (t) => {
  const dataset = iris()
  const table = asTable(dataset)
  t.equal(table.rows, 150)
  t.equal(table.columns.length, table.signature.features.length)
  t.ok(table.columns.every((column) => column.length === table.rows))
  t.equal(table.target.length, table.rows)
  t.equal(asSignature(dataset.signature), table.signature)
})
