import type { Feature, Signature } from '@copse/model'
import fc from 'fast-check'
import { binaryText } from '../../src/dialects/oip/binary.ts'

/** A body as it is sent. */
export interface Body {
  readonly payload: string | Buffer
  readonly headers: Record<string, string>
}

type Cell = number | string | null
const JSON_TYPE = { 'content-type': 'application/json' }
const CSV_TYPE = { 'content-type': 'text/csv' }

/** Any number that a float32 may hold. */
const number = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e38, max: 1e38, noNaN: true }),
  fc.integer(),
)

/** A value of a named column. */
function named(feature: Feature): fc.Arbitrary<Cell> {
  const levels = feature.type === 'category' ? feature.levels : []
  const text = fc.oneof(fc.constantFrom('', ...levels), fc.string({ unit: 'binary', maxLength: 8 }))
  const present: fc.Arbitrary<number | string> = feature.type === 'category' ? text : number
  return feature.missing ? fc.option(present, { freq: 4 }) : present
}

/** A value of one numeric tensor. */
function indexed(feature: Feature): fc.Arbitrary<number | null> {
  const index = feature.type === 'category' ? fc.integer({ min: -1, max: feature.levels.length }) : number
  return feature.missing ? fc.option(index, { freq: 4 }) : index
}

/** Rows by name, and as a tensor. */
function namedRows({ features }: Signature): fc.Arbitrary<Cell[][]> {
  return fc.array(fc.tuple(...features.map(named)), { minLength: 1, maxLength: 4 })
}

function tensorRows({ features }: Signature): fc.Arbitrary<(number | null)[][]> {
  return fc.array(fc.tuple(...features.map(indexed)), { minLength: 1, maxLength: 4 })
}

/** Valid JSON bodies of `POST /predict`. */
export function ownBodies({ features, target }: Signature): fc.Arbitrary<unknown> {
  return fc.tuple(namedRows({ features, target }), fc.boolean(), fc.boolean()).map(([rows, byName, one]) => {
    const shown = byName ? rows.map((row) => Object.fromEntries(features.map(({ name }, f) => [name, row[f]]))) : rows
    return one ? { features: shown[0] } : { rows: shown }
  })
}

/** Valid JSON bodies of the Open Inference Protocol. */
export function oipBodies(signature: Signature): fc.Arbitrary<unknown> {
  const { features, target } = signature
  const outputs = target.type === 'class' ? ['label', 'probabilities'] : ['value']
  const rest = fc.record(
    {
      id: fc.option(fc.string()),
      parameters: fc.constantFrom(null, {}, { binary_data_output: true }, { sequence_id: 1 }),
      outputs: fc.option(
        fc
          .subarray(outputs)
          .map((names) => names.map((name) => ({ name, parameters: { binary_data: name === 'label' } }))),
      ),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  const whole = fc
    .tuple(tensorRows(signature), fc.boolean())
    .map(([rows, nested]) => [
      { name: 'features', shape: [rows.length, features.length], datatype: 'FP64', data: nested ? rows : rows.flat() },
    ])
  const columns = namedRows(signature).map((rows) =>
    features.map(({ name, type }, f) => ({
      name,
      shape: [rows.length, 1],
      datatype: type === 'category' ? 'BYTES' : 'FP32',
      data: rows.map((row) => row[f]),
    })),
  )
  return fc.tuple(rest, fc.oneof(whole, columns)).map(([head, inputs]) => ({ ...head, inputs }))
}

/** Valid JSON bodies of MLflow's scoring protocol. */
export function mlflowBodies(signature: Signature): fc.Arbitrary<unknown> {
  const names = signature.features.map(({ name }) => name)
  const records = (rows: Cell[][]) => rows.map((row) => Object.fromEntries(names.map((name, f) => [name, row[f]])))
  return fc.oneof(
    namedRows(signature).map((data) => ({ dataframe_split: { columns: names, data } })),
    namedRows(signature).map((rows) => ({ dataframe_records: records(rows) })),
    namedRows(signature).map((rows) => ({ instances: records(rows), params: {} })),
    namedRows(signature).map((rows) => ({
      inputs: Object.fromEntries(names.map((name, f) => [name, rows.map((row) => row[f])])),
    })),
    tensorRows(signature).map((rows) => ({ instances: rows })),
    tensorRows(signature).map((rows) => ({ inputs: rows })),
    tensorRows(signature).map((data) => ({ dataframe_split: { data } })),
  )
}

/** JSON text of valid bodies. */
export function validTexts(bodies: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  return bodies.map((body) => ({ payload: JSON.stringify(body), headers: JSON_TYPE }))
}

/** JSON text of spoilt bodies, and of anything else. */
export function brokenTexts(bodies: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  return fc.oneof({ arbitrary: spoilt(bodies), weight: 3 }, junk).map((payload) => ({ payload, headers: JSON_TYPE }))
}

/** Valid bodies with binary tensors. */
export function validBinary(signature: Signature): fc.Arbitrary<Body> {
  const { features } = signature
  const whole = tensorRows(signature).map((rows) => {
    const bytes = Buffer.from(Float32Array.from(rows.flat(), (value) => value ?? Number.NaN).buffer)
    return [{ name: 'features', shape: [rows.length, features.length], datatype: 'FP32', bytes }]
  })
  const columns = namedRows(signature).map((rows) =>
    features.flatMap(({ name, type, missing }, f) => {
      const column: Cell[] = rows.map((row) => row[f]!)
      if (type === 'category') {
        // A text that is missing can be told in JSON only, or by leaving out the tensor.
        if (missing && column.includes(null)) return []
        return {
          name,
          shape: [rows.length],
          datatype: 'BYTES',
          bytes: Buffer.concat(column.map((value) => binaryText(String(value)))),
        }
      }
      const bytes = Buffer.from(
        Float64Array.from(column, (value) => (value === null ? Number.NaN : Number(value))).buffer,
      )
      return { name, shape: [rows.length, 1], datatype: 'FP64', bytes }
    }),
  )
  return fc.tuple(fc.oneof(whole, columns), fc.boolean()).map(([tensors, binary]) => {
    const inputs = tensors.map(({ bytes, ...tensor }) => ({
      ...tensor,
      parameters: { binary_data_size: bytes.length },
    }))
    const json = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: binary } }))
    return octets(Buffer.concat([json, ...tensors.map(({ bytes }) => bytes)]), String(json.length))
  })
}

/** Bodies with binary tensors that are whole or spoilt, or bytes of any kind; the header may lie. */
export function brokenBinary({ features }: Signature): fc.Arbitrary<Body> {
  const types = [
    ['FP32', 4],
    ['FP64', 8],
    ['INT8', 1],
    ['INT64', 8],
    ['UINT16', 2],
    ['BYTES', 4],
  ] as const
  const tensor = fc
    .tuple(
      fc.constantFrom('features', ...features.map(({ name }) => name)),
      fc.constantFrom(...types),
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom(0, 0, 0, 0, 1, -1, 1e9),
      fc.option(fc.uint8Array({ maxLength: 120 })),
      fc.nat(255),
    )
    .map(([name, [datatype, size], rows, lie, random, fill]) => {
      const width = name === 'features' ? features.length : 1
      const bytes = random ?? new Uint8Array(rows * width * size).fill(fill & 0x3f)
      const described = { name, shape: [rows, width], datatype, parameters: { binary_data_size: bytes.length + lie } }
      return { described, bytes }
    })
  const tensors = fc.oneof(
    fc.array(tensor, { minLength: 1, maxLength: 4 }),
    fc.tuple(
      ...features.map(({ name }) =>
        tensor.map(({ described, bytes }) => ({ described: { ...described, name }, bytes })),
      ),
    ),
  )
  const whole = fc.tuple(tensors, fc.constantFrom(0, 0, 0, 1, -1, 1000), fc.boolean()).map(([given, lie, binary]) => {
    const json = Buffer.from(
      JSON.stringify({ inputs: given.map(({ described }) => described), parameters: { binary_data_output: binary } }),
    )
    return octets(Buffer.concat([json, ...given.map(({ bytes }) => bytes)]), String(json.length + lie))
  })
  const raw = fc
    .tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(3))
    .map(([bytes, rows]) =>
      octets(rows === 0 ? Buffer.from(bytes) : Buffer.alloc(rows * 4 * features.length, 0x3f), '0'),
    )
  const any = fc
    .tuple(fc.uint8Array({ maxLength: 200 }), fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '-1', '1e3', 'x')))
    .map(([bytes, header]) => octets(Buffer.from(bytes), header))
  return fc.oneof({ arbitrary: whole, weight: 4 }, raw, any)
}

function octets(payload: Buffer, length: string): Body {
  return { payload, headers: { 'inference-header-content-length': length } }
}

/** Bodies that say they are compressed, and are not. */
export function packedBodies(): fc.Arbitrary<Body> {
  return fc
    .tuple(fc.uint8Array({ maxLength: 100 }), fc.constantFrom('gzip', 'deflate', 'br', 'identity', 'x'))
    .map(([bytes, encoding]) => ({ payload: Buffer.from(bytes), headers: { 'content-encoding': encoding } }))
}

/** CSV, whole or cut in one place. */
export function csvBodies(signature: Signature): fc.Arbitrary<Body> {
  const names = signature.features.map(({ name }) => name)
  const pieces = fc.constantFrom('', '"', ',', '\n', '\r', '""', 'NaN', '1e999', ' ', '\ufeff', '\u0000')
  const table = fc.tuple(namedRows(signature), fc.nat(), fc.option(pieces)).map(([rows, at, piece]) => {
    const text = [names, ...rows].map((row) => row.map(cell).join()).join('\n')
    if (piece === null) return text
    const place = at % (text.length + 1)
    return text.slice(0, place) + piece + text.slice(place + (at % 2))
  })
  return fc.oneof({ arbitrary: table, weight: 4 }, fc.string({ unit: 'binary' })).map((payload) => ({
    payload,
    headers: CSV_TYPE,
  }))
}

function cell(value: Cell): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const junk = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('{', '[]', '""', '{"inputs":', '\ufeff{}', '{"inputs":NaN}'),
)

/** A valid body in which one value is replaced by anything, or its text is changed in one place. */
function spoilt(bodies: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const foreign = fc.oneof(
    fc.constantFrom<unknown>(null, true, '', '5.1', 1e39, -1e300, 0.5, -1, 2 ** 53, [], {}, [[]], { length: 4 }),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('\u0000', '__proto__', 'features', 'BYTES', 'INT64'),
  )
  const replaced = fc.tuple(bodies, fc.nat(), foreign).map(([body, at, anything]) => {
    let i = 0
    const total = count(body)
    return JSON.stringify(body, (_, inner) => (i++ === at % total ? anything : inner))
  })
  const pieces = fc.constantFrom('', ',', '"', '}', 'NaN', '1e999', 'null,', '"__proto__":1,', ' ', '[', ']')
  const cut = fc.tuple(bodies, fc.nat(), pieces).map(([body, at, piece]) => {
    const text = JSON.stringify(body)
    const place = at % text.length
    return text.slice(0, place) + piece + text.slice(place + (at % 2))
  })
  return fc.oneof(replaced, cut)
}

function count(value: unknown): number {
  let values = 0
  JSON.stringify(value, (_, inner) => {
    values++
    return inner
  })
  return values
}
