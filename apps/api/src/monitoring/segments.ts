import type { Signature } from '@copse/model'
import { Ajv } from 'ajv'
import { type Static, Type } from 'typebox'
import { ApiError } from '../errors.ts'

/** Bounds of a declaration: together they bound the number of series. */
const MOST_SEGMENTS = 8
const MOST_VALUES = 32
/** The value of whatever is none of the list. */
export const OTHER = 'other'

const Name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,31}$' })
const Values = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  minItems: 1,
  maxItems: MOST_VALUES,
  uniqueItems: true,
})
const Declaration = Type.Array(
  Type.Union([
    Type.Object(
      { name: Name, header: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }), values: Values },
      { additionalProperties: false },
    ),
    Type.Object(
      { name: Name, feature: Type.String({ minLength: 1 }), values: Values },
      { additionalProperties: false },
    ),
  ]),
  { minItems: 1, maxItems: MOST_SEGMENTS },
)

/** A part of the traffic: the value of a request's header, or of a feature of the row, out of a closed list. */
export type Segment = Static<typeof Declaration>[number]

const EXPECTED =
  'COPSE_SEGMENTS (--segments) must be JSON such as [{"name":"plan","header":"x-plan","values":["free","pro"]}] or with "feature" for "header"'

/**
 * Reads a declaration of segments.
 * @throws ApiError API_ERR_SETTING
 */
export function parseSegments(text: string): Segment[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ApiError('API_ERR_SETTING', `${EXPECTED}.`, { cause })
  }
  // `typebox/value` would be 300 modules more, 0.17 s of CPU of every start.
  const ajv = new Ajv({ validateSchema: false })
  if (!ajv.validate<Segment[]>(Declaration, json)) {
    const [error] = ajv.errors!
    throw new ApiError('API_ERR_SETTING', `${EXPECTED}; ${error?.instancePath || 'the whole'} does not fit.`)
  }
  const names = new Set(json.map(({ name }) => name))
  if (names.size < json.length) throw new ApiError('API_ERR_SETTING', `${EXPECTED}; two have the same name.`)
  const combinations = json.reduce((product, { values }) => product * (values.length + 1), 1)
  if (combinations > 2 ** 32) {
    throw new ApiError('API_ERR_SETTING', `${EXPECTED}; all values together make ${combinations} combinations.`)
  }
  const reserved = json.find(({ values }) => values.includes(OTHER))
  if (reserved) throw new ApiError('API_ERR_SETTING', `${EXPECTED}; "${OTHER}" is what no value is called.`)
  return json
}

interface Header {
  readonly name: string
  readonly values: ReadonlyMap<string, number>
  readonly other: number
  readonly step: number
}

interface Column {
  /** -1 where the model has no such feature. */
  readonly column: number
  readonly values: ReadonlyMap<number, number>
  readonly other: number
  readonly step: number
}

/** The headers of a request, as Node gives them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>

/**
 * Tells the segments of predictions of one model as one number: the index of each segment's value, mixed radix, the first
 * segment the lowest digit; one past the last value is `other`.
 */
export class SegmentReader {
  readonly #headers: readonly Header[]
  readonly #features: readonly Column[]

  constructor(segments: readonly Segment[], { features }: Signature) {
    let step = 1
    const headers: Header[] = []
    const columns: Column[] = []
    for (const segment of segments) {
      const { values } = segment
      const other = values.length
      if ('header' in segment) {
        headers.push({
          name: segment.header.toLowerCase(),
          values: new Map(values.map((value, i) => [value, i])),
          other,
          step,
        })
      } else {
        const column = features.findIndex(({ name }) => name === segment.feature)
        // A model without this feature has all its rows in `other`.
        const of = features[column]
        const known = of ? values.map((value, i) => [encoded(of, value), i] as const) : []
        columns.push({ column, values: new Map(known), other, step })
      }
      step *= values.length + 1
    }
    this.#headers = headers
    this.#features = columns
  }

  /** The part of the number that the headers decide. */
  ofHeaders(headers: Headers): number {
    let tag = 0
    for (const { name, values, other, step } of this.#headers) {
      const value = headers[name]
      tag += step * ((typeof value === 'string' ? values.get(value) : undefined) ?? other)
    }
    return tag
  }

  /** The part that the features of the row at `start` of `input` decide. */
  ofRow(input: Float32Array, start: number): number {
    let tag = 0
    for (const { column, values, other, step } of this.#features) {
      tag += step * ((column < 0 ? undefined : values.get(input[start + column]!)) ?? other)
    }
    return tag
  }
}

/** The index of each segment's value in a number of `SegmentReader`. */
export function digitsOf(segments: readonly Segment[], tag: number): number[] {
  let rest = tag
  return segments.map(({ values }) => {
    const digit = rest % (values.length + 1)
    rest = Math.floor(rest / (values.length + 1))
    return digit
  })
}

/** A value as the model's tensor has it. */
function encoded(feature: Signature['features'][number], value: string): number {
  return feature.type === 'category' ? feature.levels.indexOf(value) : Math.fround(Number(value))
}
