import { type TSchema, Type } from 'typebox'
import type { ServedModel } from '../../model/served.ts'
import type { AnswerDocs, ParameterDocs } from '../../route-docs.ts'
import { MAX_ROWS } from '../limit.ts'
import { exampleRow } from '../own/schema.ts'
import { DATATYPES } from './datatype.ts'
import { inputsOf, outputsOf } from './metadata.ts'
import { FEATURES } from './read.ts'

export const OipError = Type.Object({ error: Type.String() }, { title: 'OipError' })

const Parameters = Type.Unsafe<Record<string, unknown>>({ type: ['object', 'null'], additionalProperties: true })
const Cell = Type.Union([Type.Number(), Type.String(), Type.Null()])
const Datatype = Type.Unsafe<string>({ type: 'string', enum: Object.keys(DATATYPES) })
const AnyShape = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 2 })

/** Body of `POST /v2/models/{model}/infer`. */
export function inferRequest(model: ServedModel | undefined): TSchema {
  const names = model && [...new Set([FEATURES, ...model.signature.features.map(({ name }) => name)])]
  const outputs = model && outputsOf(model.signature).map(({ name }) => name)
  const input = Type.Object(
    {
      name: text(names, 'One tensor "features" of all features in order, or one tensor for each feature.'),
      shape: Type.Unsafe<number[]>({
        ...AnyShape,
        description: `[rows, features] of "features", [rows] or [rows, 1] of one feature; at most ${MAX_ROWS} rows.`,
      }),
      datatype: Type.Unsafe<string>({ ...Datatype, description: 'BYTES for a category, else any of numbers.' }),
      parameters: Type.Optional(
        Type.Unsafe<object>({
          type: ['object', 'null'],
          description: 'binary_data_size: bytes of this tensor after the JSON, in place of data.',
          properties: { binary_data_size: { type: 'integer', minimum: 0 } },
        }),
      ),
      data: Type.Optional(
        Type.Unsafe<unknown[]>({
          type: 'array',
          description:
            'Row-major, flat or nested as the shape; null is missing. In "features" a category is the index of its level.',
          items: Type.Union([Type.Number(), Type.String(), Type.Null(), Type.Array(Cell)]),
        }),
      ),
    },
    { title: 'InferInput', additionalProperties: true },
  )
  const output = Type.Object(
    { name: text(outputs, 'An output of the model.'), parameters: Type.Optional(Parameters) },
    { title: 'InferRequestedOutput', additionalProperties: true },
  )
  return Type.Object(
    {
      id: Type.Optional(
        Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Comes back in the answer.' }),
      ),
      parameters: Type.Optional(Parameters),
      inputs: Type.Array(input, { minItems: 1 }),
      outputs: Type.Optional(Type.Unsafe<unknown[] | null>({ anyOf: [Type.Array(output), { type: 'null' }] })),
    },
    { title: 'InferRequest', additionalProperties: true, ...(model && { examples: examples(model) }) },
  )
}

/** The golden row in each form that the model takes. */
function examples({ signature, bundle }: ServedModel): unknown[] {
  const row = bundle.golden.rows[0]!
  const named = exampleRow(signature, row).positional
  const inputs = inputsOf(signature)
  const whole = { name: FEATURES, shape: [1, row.length], datatype: 'FP64', data: row }
  const columns = signature.features.map(({ name, type }, f) => ({
    name,
    shape: [1],
    datatype: type === 'category' ? 'BYTES' : 'FP64',
    data: [named[f]],
  }))
  const first = inputs[0]!.name === FEATURES ? [whole] : columns
  const output = outputsOf(signature).at(-1)!.name
  return [{ id: '1', inputs: first, outputs: [{ name: output }] }, { inputs: [whole] }, { inputs: columns }]
}

/** Answer of `POST /v2/models/{model}/infer`. */
export function inferResponse(model: ServedModel | undefined): TSchema {
  const outputs = model && outputsOf(model.signature).map(({ name }) => name)
  return Type.Object(
    {
      model_name: Type.String(),
      model_version: Type.String(),
      id: Type.Optional(Type.String()),
      parameters: Type.Object({ prediction_id: Type.String() }),
      outputs: Type.Array(
        Type.Object(
          {
            name: text(outputs, undefined),
            datatype: Datatype,
            shape: AnyShape,
            parameters: Type.Optional(Type.Object({ binary_data_size: Type.Integer() })),
            data: Type.Optional(Type.Array(Type.Unsafe<number | string>({ type: ['number', 'string'] }))),
          },
          { title: 'InferOutput', additionalProperties: false },
        ),
      ),
    },
    { title: 'InferResponse', additionalProperties: false },
  )
}

function text(values: readonly string[] | undefined, description: string | undefined): TSchema {
  return Type.Unsafe<string>({
    type: 'string',
    ...(values && { enum: values }),
    ...(description !== undefined && { description }),
  })
}

const Tensor = Type.Object(
  { name: Type.String(), datatype: Type.String(), shape: Type.Array(Type.Integer({ minimum: -1 })) },
  { title: 'TensorMetadata', additionalProperties: false },
)

export const ServerLive = Type.Object({ live: Type.Boolean() }, { title: 'ServerLive', additionalProperties: false })
export const ServerReady = Type.Object({ ready: Type.Boolean() }, { title: 'ServerReady', additionalProperties: false })

export const ServerMetadata = Type.Object(
  { name: Type.String(), version: Type.String(), extensions: Type.Array(Type.String()) },
  { title: 'ServerMetadata', additionalProperties: false },
)

export const ModelMetadata = Type.Object(
  {
    name: Type.String(),
    versions: Type.Array(Type.String()),
    platform: Type.String(),
    inputs: Type.Array(Tensor),
    outputs: Type.Array(Tensor),
    properties: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
  },
  { title: 'ModelMetadata', additionalProperties: false },
)

export const ModelReady = Type.Object(
  { name: Type.String(), ready: Type.Boolean() },
  { title: 'ModelReady', additionalProperties: false },
)

export const ModelConfig = Type.Unsafe<object>({
  title: 'ModelConfig',
  type: 'object',
  description: "Triton's ModelConfig.",
  properties: { name: { type: 'string' }, platform: { type: 'string' }, max_batch_size: { type: 'integer' } },
  required: ['name', 'platform', 'max_batch_size', 'input', 'output'],
})

const Spent = Type.Object(
  { count: Type.Integer({ minimum: 0 }), ns: Type.Integer({ minimum: 0 }) },
  { title: 'DurationStatistic', additionalProperties: false },
)
const parts = { compute_input: Spent, compute_infer: Spent, compute_output: Spent }

export const Statistics = Type.Object(
  {
    model_stats: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          version: Type.String(),
          last_inference: Type.Integer({ minimum: 0, description: 'Milliseconds since 1970; 0 when there was none.' }),
          inference_count: Type.Integer({ minimum: 0, description: 'Rows.' }),
          execution_count: Type.Integer({ minimum: 0, description: 'Requests.' }),
          inference_stats: Type.Object(
            { success: Spent, fail: Spent, queue: Spent, ...parts, cache_hit: Spent, cache_miss: Spent },
            { additionalProperties: false },
          ),
          batch_stats: Type.Array(
            Type.Object({ batch_size: Type.Integer({ minimum: 1 }), ...parts }, { additionalProperties: false }),
          ),
        },
        { title: 'ModelStatistics', additionalProperties: false },
      ),
    ),
  },
  { title: 'Statistics', additionalProperties: false },
)

export const IndexRequest = Type.Object(
  { ready: Type.Optional(Type.Boolean({ description: 'Only those that are ready.' })) },
  { title: 'RepositoryIndexRequest', additionalProperties: true },
)

export const Index = Type.Array(
  Type.Object(
    {
      name: Type.String(),
      version: Type.Optional(Type.String()),
      state: Type.Unsafe<string>({ type: 'string', enum: ['READY', 'LOADING', 'UNAVAILABLE'] }),
      reason: Type.String(),
    },
    { additionalProperties: false },
  ),
  { title: 'RepositoryIndex' },
)

export const LoadRequest = Type.Object(
  {
    parameters: Type.Optional(
      Type.Unsafe<object | null>({ type: ['object', 'null'], additionalProperties: true, maxProperties: 0 }),
    ),
  },
  { title: 'RepositoryLoadRequest', additionalProperties: true },
)

export const UnloadRequest = Type.Object(
  { parameters: Type.Optional(Parameters) },
  { title: 'RepositoryUnloadRequest', additionalProperties: true },
)

const MODEL: ParameterDocs = {
  name: 'model',
  in: 'path',
  description: 'Name of a model.',
  example: (model) => model?.name,
}

const VERSION: ParameterDocs = {
  name: 'version',
  in: 'path',
  description: 'A version that is served.',
  example: (model) => model?.version,
}

export const HEADER_LENGTH: ParameterDocs = {
  name: 'Inference-Header-Content-Length',
  in: 'header',
  description: 'Bytes of the JSON before binary tensors; 0 when the whole body is one FP32 tensor.',
  schema: Type.Unsafe<number>({ type: 'integer', minimum: 0 }),
}

/** Of a route's path, by its pattern. */
export function pathParameters(pattern: string): readonly ParameterDocs[] {
  return [...(pattern.includes(':model') ? [MODEL] : []), ...(pattern.includes(':version') ? [VERSION] : [])]
}

export const EMPTY: AnswerDocs = { description: 'Done.', type: null }
