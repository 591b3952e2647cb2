import type { Signature } from '@copse/model'
import type { ServedModel } from '../../model/served.ts'
import { FEATURES } from './read.ts'

/** What the service calls itself. */
export const SERVER = 'copse'
const PLATFORM = 'copse_forest'

/** Only what works is listed. */
export const EXTENSIONS = ['binary_tensor_data', 'model_configuration', 'model_repository', 'statistics'] as const

/** Name, datatype and shape of a tensor; -1 is any size. */
export interface TensorMetadata {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
}

/** One tensor of all features, or where there are categories one for each feature. */
export function inputsOf({ features }: Signature): readonly TensorMetadata[] {
  if (features.every(({ type }) => type === 'number'))
    return [{ name: FEATURES, datatype: 'FP32', shape: [-1, features.length] }]
  return features.map(({ name, type }) => ({ name, datatype: type === 'category' ? 'BYTES' : 'FP32', shape: [-1, 1] }))
}

export function outputsOf({ target }: Signature): readonly TensorMetadata[] {
  if (target.type === 'number') return [{ name: 'value', datatype: 'FP64', shape: [-1] }]
  return [
    { name: 'label', datatype: 'BYTES', shape: [-1] },
    { name: 'probabilities', datatype: 'FP64', shape: [-1, target.classes.length] },
  ]
}

/** The answer to `GET /v2/models/{model}`; `versions` are those that are served. */
export function modelMetadata({ name, signature, bundle }: ServedModel, versions: readonly string[]) {
  return {
    name,
    versions,
    platform: PLATFORM,
    inputs: inputsOf(signature),
    outputs: outputsOf(signature),
    properties: { features: JSON.stringify(signature.features.map((feature) => feature.name)), sha256: bundle.sha256 },
  }
}

/** The answer to `GET /v2/models/{model}/config`: Triton's ModelConfig, of which only what means something is there. */
export function modelConfig({ name, signature }: ServedModel, maxRows: number) {
  return {
    name,
    platform: PLATFORM,
    backend: SERVER,
    max_batch_size: maxRows,
    input: inputsOf(signature).map(config),
    output: outputsOf(signature).map(config),
    instance_group: [{ name, kind: 'KIND_CPU', count: 1 }],
  }
}

/** With a maximal batch size the rows are not part of `dims`. */
function config({ name, datatype, shape }: TensorMetadata) {
  return {
    name,
    data_type: `TYPE_${datatype === 'BYTES' ? 'STRING' : datatype}`,
    dims: shape.length === 1 ? [1] : shape.slice(1),
  }
}
