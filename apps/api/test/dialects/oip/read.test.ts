import fc from 'fast-check'
import t, { type Test } from 'tap'
import { InferReader } from '../../../src/dialects/oip/read.ts'
import { IRIS, MIXED } from '../../bundle.ts'

const iris = new InferReader(IRIS)
const mixed = new InferReader(MIXED)
const NAN = Number.NaN
const ROW = [5, 3.5, 1.5, 0.25]

/** What a body puts into the tensor, and what else it asks for. */
function read(reader: InferReader, body: unknown, binary?: Buffer) {
  let input = new Float32Array(0)
  const width = reader === iris ? 4 : 3
  const request = reader.read(body, binary, (rows) => {
    input = new Float32Array(rows * width)
    return input
  })
  return { ...request, values: [...input] }
}

function features(data: unknown, shape: unknown = [1, 4], datatype: unknown = 'FP32') {
  return { inputs: [{ name: 'features', shape, datatype, data }] }
}

function column(name: string, data: unknown, datatype = 'FP64', shape: unknown = [2]) {
  return { name, shape, datatype, data }
}

function refused(
  t: Test,
  reader: InferReader,
  body: unknown,
  path: string | undefined,
  message: RegExp | string = /./,
) {
  t.throws(() => read(reader, body), { path, message }, JSON.stringify(body)?.slice(0, 100))
}

t.test('one tensor of all features, flat or nested', async (t) => {
  t.strictSame(read(iris, features(ROW)).values, ROW)
  t.strictSame(read(iris, features([ROW])).values, ROW)
  t.strictSame(read(iris, features([...ROW, ...ROW], [2, 4])).values, [...ROW, ...ROW])
  t.strictSame(read(iris, features([ROW, ROW], [2, 4])), {
    rows: 2,
    id: undefined,
    outputs: [
      { name: 'label', binary: false },
      { name: 'probabilities', binary: false },
    ],
    values: [...ROW, ...ROW],
  })
})

t.test('every datatype of numbers', async (t) => {
  for (const datatype of ['UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT8', 'INT16', 'INT32', 'INT64', 'FP32', 'FP64']) {
    t.strictSame(read(iris, features([5, 3, 1, 0], [1, 4], datatype)).values, [5, 3, 1, 0], datatype)
    refused(t, iris, features([5, '3', 1, 0], [1, 4], datatype), '/inputs/0/data/1')
    refused(t, iris, features([5, true, 1, 0], [1, 4], datatype), '/inputs/0/data/1')
  }
  for (const datatype of ['FP16', 'BF16', 'BOOL', 'fp32', '', null, 1, '__proto__', 'toString']) {
    refused(t, iris, features(ROW, [1, 4], datatype), '/inputs/0/datatype')
  }
  refused(t, iris, features(['a', 'b', 'c', 'd'], [1, 4], 'BYTES'), '/inputs/0/datatype')
})

t.test('integers are integers, within their range', async (t) => {
  const edges: [string, number, number][] = [
    ['UINT8', 0, 255],
    ['INT8', -128, 127],
    ['UINT16', 0, 65535],
    ['INT16', -32768, 32767],
    ['UINT32', 0, 4294967295],
    ['INT32', -2147483648, 2147483647],
  ]
  for (const [datatype, min, max] of edges) {
    t.strictSame(
      read(iris, features([min, max, 0, 0], [1, 4], datatype)).values.slice(0, 2),
      [min, max].map(Math.fround),
    )
    refused(t, iris, features([0, min - 1, 0, 0], [1, 4], datatype), '/inputs/0/data/1', /range of its datatype/)
    refused(t, iris, features([0, 0, max + 1, 0], [1, 4], datatype), '/inputs/0/data/2', /range of its datatype/)
  }
  t.strictSame(read(iris, features([2 ** 63, -(2 ** 63), 0, 0], [1, 4], 'INT64')).values.slice(0, 2), [
    2 ** 63,
    -(2 ** 63),
  ])
  for (const value of [0.5, 1e30, null, Number.POSITIVE_INFINITY]) {
    refused(t, iris, features([1, 2, 3, value], [1, 4], 'INT64'), '/inputs/0/data/3')
  }
})

t.test('a tensor for each feature, the form for categories', async (t) => {
  const inputs = [
    column('a/b~c "d"', ['yes', 'maybe'], 'BYTES'),
    column('carat', [[0.5], [null]], 'FP32', [2, 1]),
    column('cut', ['Good', null], 'BYTES', [2, 1]),
  ]
  t.strictSame(read(mixed, { inputs }).values, [0.5, 1, 1, NAN, NAN, 2])
  t.strictSame(read(mixed, { inputs: inputs.slice(0, 1) }).values, [NAN, NAN, 1, NAN, NAN, 2], 'others may be missing')
  refused(t, mixed, { inputs: inputs.slice(1) }, '/inputs', /"a\/b~c \\"d\\"" must be there/)
  t.strictSame(read(mixed, { inputs }).outputs, [{ name: 'value', binary: false }])
  const numbers = IRIS.features.map(({ name }, f) => column(name, [f, 10 * f], 'INT16'))
  t.strictSame(read(iris, { inputs: numbers }).values, [0, 1, 2, 3, 0, 10, 20, 30])
  refused(t, iris, { inputs: numbers.slice(1) }, '/inputs', /"sepal_length" must be there/)
})

t.test('categories in the one tensor are indexes of levels', async (t) => {
  t.strictSame(read(mixed, features([1, 2, 1, null, -1, 7], [2, 3], 'FP64')).values, [1, 2, 1, NAN, 3, 2])
  refused(t, mixed, features([1, 2, null], [1, 3]), '/inputs/0/data/2', /must not be missing/)
})

t.test('names: unknown, repeated and mixed', async (t) => {
  for (const name of ['feature', 'Features', '', null, 1, '__proto__', 'constructor']) {
    refused(
      t,
      iris,
      { inputs: [{ ...features(ROW).inputs[0], name }] },
      '/inputs/0/name',
      /^Input 0 must have as its name/,
    )
  }
  const [tensor] = features(ROW).inputs
  refused(t, iris, { inputs: [tensor, tensor] }, '/inputs/1/name', /"features" must not be there twice/)
  const columns = IRIS.features.map(({ name }) => column(name, [1, 2]))
  refused(t, iris, { inputs: [...columns, columns[2]] }, '/inputs/4/name', /"petal_length" must not be there twice/)
  refused(t, iris, { inputs: [...columns.slice(1), features([1, 2], [2, 1]).inputs[0]] }, '/inputs/3', /only input/)
})

t.test('a feature may be called features', async (t) => {
  const odd = new InferReader({
    ...IRIS,
    features: IRIS.features.map((f, i) => (i === 0 ? { ...f, name: 'features' } : f)),
  })
  const rest = IRIS.features.slice(1).map(({ name }, f) => column(name, [f + 1], 'FP32', [1]))
  const into: number[] = []
  const place = (rows: number) => {
    const input = new Float32Array(rows * 4)
    into.push(rows)
    return input
  }
  t.equal(odd.read(features(ROW), undefined, place).rows, 1)
  t.equal(odd.read({ inputs: [...rest, column('features', [9], 'FP32', [1])] }, undefined, place).rows, 1)
  t.strictSame(into, [1, 1])
})

t.test('shapes', async (t) => {
  const shapes: unknown[] = [
    null,
    [],
    [0, 4],
    [-1, 4],
    [4, -1],
    [1.5, 4],
    ['1', 4],
    [1, 2, 2],
    4,
    {},
    [2 ** 60, 4],
    [1, null],
    [Number.NaN, 4],
    [[1], 4],
  ]
  for (const shape of shapes) refused(t, iris, features(ROW, shape), '/inputs/0/shape')
  for (const shape of [[4], [2, 2], [4, 1]])
    refused(t, iris, features(ROW, shape), '/inputs/0/shape', /shape \[rows, 4\]/)
  refused(t, iris, features(ROW, [2, 4]), '/inputs/0/data', /must have 8 values by its shape; it has 4/)
  refused(t, iris, features([], [1, 4]), '/inputs/0/data')
  const [a, b, c, d] = IRIS.features.map(({ name }) => column(name, [1, 2]))
  refused(t, iris, { inputs: [a, b, c, { ...d, shape: [1], data: [1] }] }, '/inputs/3/shape', /"petal_width"/)
  refused(t, iris, { inputs: [a, b, c, { ...d, shape: [1, 2] }] }, '/inputs/3/shape')
  refused(t, iris, features(ROW, [10_001, 4]), '/inputs/0/shape', /at most 40000 values/)
  t.throws(() => read(iris, features(ROW, [10_001, 4])), { code: 'API_ERR_TOO_MANY_ROWS' })
})

t.test('ragged and deep nesting', async (t) => {
  refused(
    t,
    iris,
    features(
      [
        [1, 2, 3, 4],
        [1, 2, 3],
      ],
      [2, 4],
    ),
    '/inputs/0/data/1',
  )
  refused(t, iris, features([[1, 2, 3, 4], 5, 6, 7], [2, 4]), '/inputs/0/data')
  refused(t, iris, features([[1, 2, 3, 4], 5], [2, 4]), '/inputs/0/data/1')
  refused(
    t,
    iris,
    features([1, [2], 3, 4]),
    '/inputs/0/data/1',
    /^Input "features", value 1: "sepal_width" must be a number/,
  )
  refused(
    t,
    iris,
    features([[1, 2, [3], 4]]),
    '/inputs/0/data/0/2',
    /^Input "features", value 2: "petal_length" must be/,
  )
  const deep = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`)
  refused(t, iris, features(deep), '/inputs/0/data/0')
  refused(t, iris, { inputs: deep }, '/inputs/0')
  refused(t, iris, deep, '')
  refused(t, iris, features([1, 2, 3, deep]), '/inputs/0/data/3')
})

t.test('nothing is coerced, and what is wrong is named, not repeated', async (t) => {
  const secret = 'k9secret'
  for (const value of [secret, true, {}, [secret], '1.5', JSON.parse('1e999'), 1e39, -1e300]) {
    refused(
      t,
      iris,
      features([1, value, 3, 4], [1, 4], 'FP64'),
      '/inputs/0/data/1',
      /^Input "features", value 1: "sepal_width" must/,
    )
  }
  refused(t, iris, features([1, null, 3, 4]), '/inputs/0/data/1', /"sepal_width" must not be missing/)
  refused(t, mixed, { inputs: [column('a/b~c "d"', ['no', 1], 'BYTES')] }, '/inputs/0/data/1', /must be a text\./)
  refused(t, mixed, { inputs: [column('a/b~c "d"', [1, 1])] }, '/inputs/0/datatype', /datatype BYTES/)
  refused(
    t,
    mixed,
    { inputs: [column('carat', ['1', '2'], 'BYTES'), column('a/b~c "d"', ['no', 'no'], 'BYTES')] },
    '/inputs/0/datatype',
  )
  for (const body of [null, [], 'x', 1, {}, { inputs: null }, { inputs: {} }, { inputs: [] }]) {
    t.throws(() => read(iris, body), { code: 'API_ERR_BODY' })
  }
  for (const input of [null, [], 'x', 1]) refused(t, iris, { inputs: [input] }, '/inputs/0')
  refused(t, iris, { ...features(ROW), id: 7 }, '/id')
  refused(t, iris, { inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP32' }] }, '/inputs/0', /either data or/)
  refused(t, iris, features({ 0: 1 }), '/inputs/0/data')
})

t.test('outputs', async (t) => {
  const ask = (outputs: unknown, parameters?: unknown) => read(iris, { ...features(ROW), outputs, parameters }).outputs
  t.strictSame(ask([{ name: 'probabilities' }]), [{ name: 'probabilities', binary: false }])
  t.strictSame(ask([{ name: 'probabilities', parameters: { binary_data: true } }, { name: 'label' }]), [
    { name: 'probabilities', binary: true },
    { name: 'label', binary: false },
  ])
  t.strictSame(ask([{ name: 'label', parameters: { binary_data: false } }], { binary_data_output: true }), [
    { name: 'label', binary: false },
  ])
  for (const all of [undefined, null, []]) {
    t.strictSame(ask(all, { binary_data_output: true, sequence_id: 3 }), [
      { name: 'label', binary: true },
      { name: 'probabilities', binary: true },
    ])
  }
  for (const outputs of [{}, 'label', 1]) refused(t, iris, { ...features(ROW), outputs }, '/outputs')
  for (const output of [null, 'label', {}, { name: 'value' }, { name: 1 }, { name: '__proto__' }]) {
    refused(t, iris, { ...features(ROW), outputs: [output] }, '/outputs/0/name', /"label" or "probabilities"/)
  }
  refused(t, iris, { ...features(ROW), outputs: [{ name: 'label' }, { name: 'label' }] }, '/outputs/1/name')
  for (const parameters of [[], 'x', { binary_data: 1 }, { classification: 3 }, { shared_memory_region: 'x' }]) {
    refused(t, iris, { ...features(ROW), outputs: [{ name: 'label', parameters }] }, '/outputs/0/parameters')
  }
  for (const parameters of [[], 1, { binary_data_output: 'yes' }]) {
    refused(t, iris, { ...features(ROW), parameters }, '/parameters')
  }
})

t.test('binary tensors', async (t) => {
  const binary = (size: unknown, datatype = 'FP32', shape = [1, 4]) => ({
    inputs: [{ name: 'features', shape, datatype, parameters: { binary_data_size: size } }],
  })
  const bytes = (values: ArrayBufferView) => Buffer.from(values.buffer)
  t.strictSame(read(iris, binary(16), bytes(Float32Array.from(ROW))).values, ROW)
  t.strictSame(read(iris, binary(32, 'FP64'), bytes(Float64Array.from(ROW))).values, ROW)
  t.strictSame(read(iris, binary(4, 'INT8'), bytes(Int8Array.of(-1, 2, 3, 4))).values, [-1, 2, 3, 4])
  t.strictSame(read(iris, binary(32, 'INT64'), bytes(BigInt64Array.of(-1n, 2n ** 63n - 1n, 3n, 4n))).values, [
    -1,
    2 ** 63,
    3,
    4,
  ])
  t.strictSame(read(mixed, binary(12, 'FP32', [1, 3]), bytes(Float32Array.of(NAN, NAN, 1))).values, [NAN, NAN, 1])
  const texts = Buffer.concat(
    ['Good', '', 'é'].map((text) => Buffer.concat([u32(Buffer.byteLength(text)), Buffer.from(text)])),
  )
  const two = {
    inputs: [
      { name: 'a/b~c "d"', shape: [3], datatype: 'BYTES', parameters: { binary_data_size: texts.length } },
      { name: 'carat', shape: [3, 1], datatype: 'INT16', parameters: { binary_data_size: 6 } },
    ],
  }
  t.strictSame(read(mixed, two, Buffer.concat([texts, bytes(Int16Array.of(1, 2, 3))])).values, [
    1,
    NAN,
    2,
    2,
    NAN,
    2,
    3,
    NAN,
    2,
  ])

  const broken = (body: unknown, tail: Buffer | undefined, message: RegExp) =>
    t.throws(() => read(iris, body, tail), { message })
  broken(binary(16), undefined, /header Inference-Header-Content-Length/)
  broken(binary(16), Buffer.alloc(15), /larger binary_data_size than the body has bytes left/)
  broken(binary(16), Buffer.alloc(17), /more bytes than its JSON/)
  broken(binary(12), Buffer.alloc(12), /must have 16 bytes of binary data/)
  broken(features(ROW), Buffer.alloc(1), /more bytes than its JSON/)
  broken(binary(16), bytes(Float32Array.of(1, NAN, 1, 1)), /value 1: "sepal_width" must not be missing/)
  broken(
    binary(16),
    bytes(Float32Array.of(1, 1, Number.NEGATIVE_INFINITY, 1)),
    /value 2: "petal_length" must be within the range/,
  )
  for (const size of [-1, 1.5, '16', null, 2 ** 60]) broken(binary(size), Buffer.alloc(16), /binary_data_size/)
  broken({ inputs: [{ ...binary(16).inputs[0], data: ROW }] }, Buffer.alloc(16), /either data or/)
  broken(
    { inputs: [{ ...features(ROW).inputs[0], parameters: { shared_memory_region: 'r' } }] },
    undefined,
    /shared memory/,
  )
  broken({ inputs: [{ ...features(ROW).inputs[0], parameters: [] }] }, undefined, /object as its parameters/)
  const brokenTexts = (tail: Buffer, message: RegExp) =>
    t.throws(
      () => read(mixed, { inputs: [{ ...two.inputs[0], parameters: { binary_data_size: tail.length } }] }, tail),
      { message },
    )
  brokenTexts(Buffer.alloc(11), /too few bytes/)
  brokenTexts(Buffer.concat([u32(0xffffffff), Buffer.alloc(20)]), /too few bytes/)
  brokenTexts(Buffer.alloc(13), /more bytes of binary data than its 3 texts/)
  brokenTexts(Buffer.concat([u32(1), Buffer.from([0xff]), u32(0), u32(0)]), /value 0: a text must be UTF-8/)
})

t.test('a body that is one tensor', async (t) => {
  let input = new Float32Array(0)
  const place = (rows: number) => (input = new Float32Array(rows * 4))
  const request = iris.readRaw(Buffer.from(Float32Array.from([...ROW, ...ROW]).buffer), place)
  t.match(request, {
    rows: 2,
    outputs: [
      { name: 'label', binary: true },
      { name: 'probabilities', binary: true },
    ],
  })
  t.strictSame([...input], [...ROW, ...ROW])
  for (const size of [0, 4, 15, 17])
    t.throws(() => iris.readRaw(Buffer.alloc(size), place), { message: /multiple of 16 bytes/ })
  t.throws(() => mixed.readRaw(Buffer.alloc(12), place), { message: /A model with categories/ })
})

t.test('binary, flat, nested and by feature: the same values are the same rows', async (t) => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true })
  await fc.assert(
    fc.property(fc.array(fc.tuple(float, float, float, float), { minLength: 1, maxLength: 8 }), (rows) => {
      const n = rows.length
      const flat = rows.flat()
      const tensor = Float32Array.from(flat)
      const expected = [...tensor]
      const asBinary = {
        inputs: [{ name: 'features', shape: [n, 4], datatype: 'FP32', parameters: { binary_data_size: 16 * n } }],
      }
      const byFeature = {
        inputs: IRIS.features.map(({ name }, f) =>
          column(
            name,
            rows.map((row) => row[f]),
            'FP32',
            [n],
          ),
        ),
      }
      t.strictSame(read(iris, features(flat, [n, 4])).values, expected)
      t.strictSame(read(iris, features(rows, [n, 4])).values, expected)
      t.strictSame(read(iris, byFeature).values, expected)
      t.strictSame(read(iris, asBinary, Buffer.from(tensor.buffer)).values, expected)
    }),
    { numRuns: 200 },
  )
})

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
