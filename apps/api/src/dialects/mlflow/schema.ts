import { type TSchema, Type } from 'typebox'
import type { ServedModel } from '../../model/served.ts'
import { MAX_ROWS } from '../limit.ts'
import { exampleRow, named } from '../own/schema.ts'

export const MlflowError = Type.Object(
  { error_code: Type.String(), message: Type.String() },
  { title: 'MlflowError', additionalProperties: false },
)

const Cell = Type.Union([Type.Number(), Type.String(), Type.Null()])
const Params = Type.Optional(
  Type.Unsafe<object | null>({
    title: 'InvocationParams',
    type: ['object', 'null'],
    additionalProperties: true,
    description: 'The model has none; what is sent is not looked at.',
  }),
)
const size = { minItems: 1, maxItems: MAX_ROWS }

/** JSON body of `POST /invocations`. */
export function invocation(model: ServedModel | undefined): TSchema {
  const names = model?.signature.features.map(({ name }) => name)
  const row = Type.Array(Type.Unsafe<number | null>({ type: ['number', 'null'] }), {
    ...(names && { minItems: names.length, maxItems: names.length }),
  })
  const record = model === undefined ? Type.Unsafe<object>({ type: 'object' }) : named(model.signature)
  const column = Type.Array(Type.Union([Cell, Type.Array(Cell, { minItems: 1, maxItems: 1 })]), size)
  const columns = Type.Unsafe<object>({
    title: 'Columns',
    type: 'object',
    minProperties: 1,
    ...(names && { properties: Object.fromEntries(names.map((name) => [name, column])), additionalProperties: false }),
  })
  const split = Type.Object(
    {
      columns: Type.Optional(
        Type.Union([Type.Array(Type.Union([Type.String(), Type.Integer()])), Type.Null()], {
          description: 'Names of features in any order; absent, or 0, 1, …: the rows are a tensor.',
        }),
      ),
      index: Type.Optional(Type.Union([Type.Array(Type.Unknown()), Type.Null()])),
      data: Type.Array(Type.Array(Cell), size),
    },
    { title: 'DataframeSplit', additionalProperties: false },
  )
  const rows = Type.Array(Type.Union([row, record]), size)
  const one = (name: string, schema: TSchema) =>
    Type.Object({ [name]: schema, params: Params }, { additionalProperties: true })
  return Type.Union(
    [
      one('dataframe_split', split),
      one('dataframe_records', Type.Array(record, size)),
      one('instances', rows),
      one('inputs', Type.Union([rows, columns])),
    ],
    {
      title: 'Invocation',
      description:
        'Exactly one of the four forms. Where values have names a category is its text; in rows without names it is the index of its level.',
      ...(model && { examples: examples(model) }),
    },
  )
}

function examples({ signature, bundle }: ServedModel): unknown[] {
  const row = bundle.golden.rows[0]!
  const { positional, named } = exampleRow(signature, row)
  const columns = signature.features.map(({ name }) => name)
  return [
    { dataframe_split: { columns, data: [positional] } },
    { dataframe_records: [named] },
    { instances: [row] },
    { inputs: Object.fromEntries(Object.entries(named).map(([name, value]) => [name, [value]])) },
  ]
}

/** CSV body of `POST /invocations`. */
export function csv(model: ServedModel | undefined): TSchema {
  const names = model?.signature.features.map(({ name }) => cell(name)).join()
  const row = model && exampleRow(model.signature, model.bundle.golden.rows[0]!).positional
  return Type.String({
    description: 'The first line names the features in any order; an empty cell is missing.',
    ...(row && { examples: [`${names}\n${row.map((value) => (value === null ? '' : cell(String(value)))).join()}\n`] }),
  })
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Answer of `POST /invocations`. */
export function predictions(model: ServedModel | undefined): TSchema {
  const target = model?.signature.target
  const numbers = Type.Array(Type.Number())
  const value = Type.Object({ value: numbers }, { additionalProperties: false })
  const label = Type.Object(
    {
      label: Type.Array(
        target?.type === 'class' ? Type.Unsafe<string>({ type: 'string', enum: target.classes }) : Type.String(),
      ),
      probabilities: Type.Array(numbers, { description: 'In the order of the classes.' }),
    },
    { additionalProperties: false },
  )
  const either = target === undefined ? Type.Union([label, value]) : target.type === 'class' ? label : value
  return Type.Object({ predictions: either }, { title: 'InvocationAnswer', additionalProperties: false })
}
