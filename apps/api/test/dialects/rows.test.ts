import fc from 'fast-check'
import t, { type Test } from 'tap'
import { RowReader } from '../../src/dialects/rows.ts'
import { IRIS, MIXED } from '../bundle.ts'

const iris = new RowReader(IRIS)
const mixed = new RowReader(MIXED)
const NAN = Number.NaN

function read(reader: RowReader, row: unknown): number[] {
  const input = new Float32Array(reader.width)
  reader.read(row, input, 0, '/features')
  return [...input]
}

function refused(t: Test, reader: RowReader, row: unknown, code: string, path: string, message: RegExp | string = /./) {
  t.throws(() => read(reader, row), { code, path, message, statusCode: 400 }, JSON.stringify(row))
}

t.test('positional values are float32, at the place asked for', async (t) => {
  t.strictSame(read(iris, [5.1, 3, -0.5, 1e-50]), [Math.fround(5.1), 3, -0.5, 0])
  const input = new Float32Array(8).fill(7)
  iris.read([1, 2, 3, 4], input, 4, '/rows/1')
  t.strictSame([...input], [7, 7, 7, 7, 1, 2, 3, 4])
})

t.test('named values in any order', async (t) => {
  t.strictSame(read(iris, { petal_width: 4, sepal_width: 2, sepal_length: 1, petal_length: 3 }), [1, 2, 3, 4])
})

t.test('categories are texts; an unseen one is past the last level', async (t) => {
  t.strictSame(read(mixed, [1, 'Ideal', 'yes']), [1, 2, 1])
  t.strictSame(read(mixed, [1, 'Great', 'maybe']), [1, 3, 2])
  t.strictSame(read(mixed, [1, '', '__proto__']), [1, 3, 2])
})

t.test('missing is null, or an absent name, where it may be', async (t) => {
  t.strictSame(read(mixed, [null, null, 'no']), [NAN, NAN, 0])
  t.strictSame(read(mixed, { 'a/b~c "d"': 'no' }), [NAN, NAN, 0])
  t.strictSame(read(mixed, { 'a/b~c "d"': 'no', carat: null }), [NAN, NAN, 0])
  refused(t, mixed, [1, 'Fair', null], 'API_ERR_MISSING', '/features/2', /^"a\/b~c \\"d\\"" must not be missing/)
  refused(t, mixed, { carat: 1 }, 'API_ERR_MISSING', '/features/a~1b~0c "d"')
  refused(t, mixed, { 'a/b~c "d"': null }, 'API_ERR_MISSING', '/features/a~1b~0c "d"')
  refused(t, iris, [1, 2, null, 4], 'API_ERR_MISSING', '/features/2', /^"petal_length" must not be missing/)
  refused(t, iris, { sepal_length: 1, sepal_width: 2, petal_length: 3 }, 'API_ERR_MISSING', '/features/petal_width')
})

t.test('nothing is coerced', async (t) => {
  for (const value of ['2', true, false, [], [2], {}]) {
    refused(t, iris, [1, value, 3, 4], 'API_ERR_VALUE', '/features/1', '"sepal_width" must be a number.')
  }
  for (const value of [1, true, ['Fair'], {}]) {
    refused(t, mixed, [1, value, 'no'], 'API_ERR_VALUE', '/features/1', '"cut" must be a text or null.')
  }
  refused(t, mixed, ['1', 'Fair', 'no'], 'API_ERR_VALUE', '/features/0', '"carat" must be a number or null.')
  for (const row of ['5.1,3.5,1.4,0.2', 5.1, true, null]) refused(t, iris, row, 'API_ERR_BODY', '/features')
})

t.test('a number beyond float32 is refused, as is one beyond float64', async (t) => {
  const largest = 3.4028234663852886e38
  t.strictSame(read(iris, [largest, -largest, 0, 0]).slice(0, 2), [largest, -largest])
  for (const value of [3.5e38, -3.5e38, Number.MAX_VALUE, JSON.parse('1e999'), JSON.parse('-1e999')]) {
    refused(
      t,
      iris,
      [1, 2, 3, value],
      'API_ERR_VALUE',
      '/features/3',
      '"petal_width" must be within the range of a 32-bit float.',
    )
    refused(t, iris, { petal_width: value }, 'API_ERR_VALUE', '/features/petal_width')
    refused(t, mixed, [value, 'Fair', 'no'], 'API_ERR_VALUE', '/features/0')
  }
})

t.test('a row has all its values and no other', async (t) => {
  refused(t, iris, [], 'API_ERR_LENGTH', '/features', 'A row must have 4 values, one for each feature; this one has 0.')
  refused(t, iris, [1, 2, 3], 'API_ERR_LENGTH', '/features')
  refused(t, iris, [1, 2, 3, 4, 5], 'API_ERR_LENGTH', '/features')
  refused(t, iris, { sepal_length: 1, petal_hue: 1 }, 'API_ERR_UNKNOWN_KEY', '/features/petal_hue')
})

t.test('prototype keys are keys like others', async (t) => {
  for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    refused(t, iris, JSON.parse(`{"${key}":1}`), 'API_ERR_UNKNOWN_KEY', `/features/${key}`)
  }
  const { features, target } = IRIS
  const odd = new RowReader({
    features: features.map((feature, f) => (f === 0 ? { ...feature, name: '__proto__' } : feature)),
    target,
  })
  const row = JSON.parse('{"__proto__":1,"sepal_width":2,"petal_length":3,"petal_width":4}')
  t.strictSame(read(odd, row), [1, 2, 3, 4], 'even as the name of a feature')
  t.throws(() => read(odd, { sepal_width: 2, petal_length: 3, petal_width: 4 }), {
    code: 'API_ERR_MISSING',
    path: '/features/__proto__',
  })
})

t.test('an unknown key is named only when it looks like a name', async (t) => {
  for (const key of ['ann@example.org', 'x'.repeat(65), 'a/b', '<b>', 'a\nb', '']) {
    refused(t, iris, { [key]: 1 }, 'API_ERR_UNKNOWN_KEY', '/features')
  }
})

t.test('positional and named rows of the same values are the same row', async (t) => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true })
  const row = fc.tuple(
    fc.option(float),
    fc.option(fc.oneof(fc.constantFrom('Fair', 'Good', 'Ideal'), fc.string())),
    fc.oneof(fc.constantFrom('no', 'yes'), fc.string()),
  )
  fc.assert(
    fc.property(row, (values) => {
      const named = Object.fromEntries(values.map((value, f) => [MIXED.features[f]!.name, value]))
      t.strictSame(read(mixed, values), read(mixed, named))
    }),
    { numRuns: 500 },
  )
})
