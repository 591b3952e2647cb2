import type { DatasetEntry } from './endpoints.ts'
import { bad, checkText, LIMITS } from './guards.ts'
import type { DatasetOperation } from './operation.ts'
import type { DatasetInput } from './types.ts'

/** Checks the description of a data set and brings it into the form MLflow keeps. */
export function checkDataset(dataset: DatasetInput): DatasetOperation {
  const { name, digest, source, schema, profile, context } = dataset
  checkText('The dataset name', name, LIMITS.datasetName)
  checkText('The dataset digest', digest, LIMITS.datasetDigest)
  if (name === '' || digest === '') throw bad('A dataset needs a name and a digest')
  const sourceType = checkText('The type of the dataset source', source?.type, LIMITS.datasetName)
  const uri = checkText('The uri of the dataset source', source.uri, LIMITS.datasetSource)
  return {
    op: 'dataset',
    name,
    digest,
    sourceType,
    source: json('The dataset source', sourceType === 'http' ? { url: uri } : { uri }, LIMITS.datasetSource)!,
    schema: json('The dataset schema', schema, LIMITS.datasetSchema),
    profile: json('The dataset profile', profile, LIMITS.datasetProfile),
    context: context === undefined ? null : checkText('The dataset context', context, LIMITS.datasetContext),
  }
}

/** A checked data set as a request holds it. */
export function toDatasetEntry(operation: DatasetOperation): DatasetEntry {
  const { name, digest, sourceType, source, schema, profile, context } = operation
  const dataset = {
    name,
    digest,
    source_type: sourceType,
    source,
    ...(schema !== null && { schema }),
    ...(profile !== null && { profile }),
  }
  return { tags: context === null ? [] : [{ key: 'mlflow.data.context', value: context }], dataset }
}

function json(what: string, value: unknown, limit: number): string | null {
  if (value === undefined) return null
  const text = JSON.stringify(value)
  if (text === undefined) throw bad(`${what} must be JSON, not a ${typeof value}`)
  return checkText(what, text, limit)
}
