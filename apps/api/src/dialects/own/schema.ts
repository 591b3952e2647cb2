import type { Feature, Signature } from '@copse/model'
import { type TSchema, Type } from 'typebox'
import { mostRows } from '../../model/served.ts'
import { MAX_ROWS } from '../limit.ts'

/** Levels that a description lists before it only counts. */
const LEVELS_SHOWN = 20

/**
 * JSON Schema of the body of `POST /predict`. Ranges and levels are told, not enforced: a value outside of them is
 * predicted. The range of float32 is `format: float`.
 */
export function predictRequest(signature: Signature | undefined, example: ExampleRow | undefined): TSchema {
  const forms = signature === undefined ? anyRow() : [positional(signature), named(signature)]
  const row = Type.Union(forms, { title: 'Features', description: 'One row.' })
  const most = signature === undefined ? MAX_ROWS : Math.min(MAX_ROWS, mostRows(signature))
  const rows = Type.Array(row, { minItems: 1, maxItems: most })
  return Type.Union(
    [
      Type.Object({ features: row }, { additionalProperties: false }),
      Type.Object({ rows }, { additionalProperties: false, description: `A batch of 1 to ${most} rows.` }),
    ],
    {
      title: 'PredictRequest',
      ...(example && {
        examples: [{ features: example.positional }, { features: example.named }, { rows: [example.positional] }],
      }),
    },
  )
}

/** JSON Schema of what `POST /predict` answers. */
export function predictResponse(signature: Signature | undefined): TSchema {
  const one = prediction(signature)
  return Type.Union(
    [one, Type.Object({ predictions: Type.Array(one) }, { additionalProperties: false, title: 'PredictionBatch' })],
    {
      title: 'PredictResponse',
    },
  )
}

/** One row in both forms, to be shown. */
export interface ExampleRow {
  readonly positional: readonly (number | string | null)[]
  readonly named: Readonly<Record<string, number | string | null>>
}

/** A row of a tensor (a category is the index of its level) as a client would send it. */
export function exampleRow({ features }: Signature, row: readonly (number | null)[]): ExampleRow {
  const positional = features.map((feature, f) => {
    const value = row[f] ?? null
    if (value === null || feature.type === 'number') return value
    return feature.levels[value] ?? null
  })
  return { positional, named: Object.fromEntries(features.map((feature, f) => [feature.name, positional[f]!])) }
}

function anyRow(): TSchema[] {
  const value = Type.Union([Type.Number(), Type.String(), Type.Null()])
  return [Type.Array(value), Type.Record(Type.String(), value)]
}

function positional({ features }: Signature): TSchema {
  const width = features.length
  return Type.Unsafe<unknown[]>({
    title: 'FeatureList',
    type: 'array',
    description: `The values in this order: ${features.map((feature) => feature.name).join(', ')}.`,
    // With these two bounds nothing comes after them; `items: false` would say it again, which some generators cannot read.
    prefixItems: features.map(value),
    minItems: width,
    maxItems: width,
  })
}

/** JSON Schema of one row by name. */
export function named({ features }: Signature): TSchema {
  return Type.Unsafe<Record<string, unknown>>({
    title: 'NamedFeatures',
    type: 'object',
    description: 'The values by name; a feature that may be missing may be left out.',
    properties: Object.fromEntries(features.map((feature) => [feature.name, value(feature)])),
    required: features.filter((feature) => !feature.missing).map((feature) => feature.name),
    additionalProperties: false,
  })
}

function value(feature: Feature): TSchema {
  const { name, missing } = feature
  const end = missing ? ', null when missing' : ''
  if (feature.type === 'number') {
    const { min, max } = feature
    const known = min !== null && max !== null
    return Type.Unsafe<number | null>({
      type: missing ? ['number', 'null'] : 'number',
      format: 'float',
      description: `${name}, a 32-bit float${known ? `; training saw ${min} to ${max}` : ''}${end}.`,
      ...(known && { examples: min === max ? [min] : [min, max] }),
    })
  }
  const { levels } = feature
  const shown = levels.slice(0, LEVELS_SHOWN)
  const more = levels.length > shown.length ? ` and ${levels.length - shown.length} more` : ''
  return Type.Unsafe<string | null>({
    type: missing ? ['string', 'null'] : 'string',
    description: `${name}; training saw ${shown.map((level) => JSON.stringify(level)).join(', ')}${more}, any other text counts as unseen${end}.`,
    examples: shown,
  })
}

function prediction(signature: Signature | undefined): TSchema {
  const target = signature?.target
  const value = Type.Object(
    { prediction: Type.Object({ value: Type.Number() }, { additionalProperties: false }) },
    { additionalProperties: false },
  )
  if (target?.type === 'number') return { ...value, title: 'Prediction' }
  const share = Type.Number({ minimum: 0, maximum: 1 })
  const classes = target?.classes
  const label = Type.Object(
    {
      prediction: Type.Object(
        {
          class_id: Type.Integer({ minimum: 0, ...(classes && { maximum: classes.length - 1 }) }),
          class_name: classes === undefined ? Type.String() : Type.Unsafe<string>({ type: 'string', enum: classes }),
          confidence: share,
        },
        { additionalProperties: false },
      ),
      probabilities:
        classes === undefined
          ? Type.Record(Type.String(), share)
          : Type.Unsafe<Record<string, number>>({
              type: 'object',
              properties: Object.fromEntries(classes.map((name) => [name, share])),
              required: classes,
              additionalProperties: false,
            }),
    },
    { additionalProperties: false },
  )
  return target === undefined ? Type.Union([label, value], { title: 'Prediction' }) : { ...label, title: 'Prediction' }
}
