import fc from 'fast-check'
import t from 'tap'
import { encodeRows, planRows } from '../src/rows.ts'
import type { Signature } from '../src/table.ts'

const { NaN: missing, POSITIVE_INFINITY: infinity } = Number

const signature: Signature = {
  features: [
    { name: 'size', type: 'number', missing: false, min: 0, max: 1 },
    { name: 'constructor', type: 'category', missing: true, levels: ['Fair', 'Good', '2'] },
    { name: 'length', type: 'number', missing: true, min: 0, max: 1 },
  ],
  target: { name: 't', type: 'number' },
}
const plan = planRows(signature)

t.test('arrays and named objects say the same', async (t) => {
  const expected = Float32Array.of(0.1, 1, 2, 3, missing, missing, 4, 3, 5, 6, 2, missing)
  const arrays = [
    [0.1, 'Good', 2],
    [3, null, missing],
    [4, 'never seen', 5],
    [6, '2', null],
  ]
  const named: { [feature: string]: string | number | undefined }[] = [
    { size: 0.1, constructor: 'Good', length: 2 },
    { size: 3 },
    { length: 5, size: 4, constructor: 'never seen' },
    { size: 6, constructor: '2', length: undefined },
  ]
  t.same(encodeRows(arrays, plan), expected)
  t.same(encodeRows(named, plan), expected)
  t.same(encodeRows([arrays[0], named[1]], plan), expected.subarray(0, 6), 'also mixed')
})

t.test('typed arrays hold level indices, alone or as rows', async (t) => {
  const values = [0.1, 1, 2, 3, missing, missing, 4, 77, 5]
  const expected = Float32Array.from(values)
  t.same(encodeRows(Float32Array.from(values), plan), expected)
  t.same(encodeRows(Float64Array.from(values), plan), expected)
  t.same(
    encodeRows([Float64Array.from(values.slice(0, 3)), Float32Array.from(values.slice(3, 6))], plan),
    expected.subarray(0, 6),
  )
  t.same(encodeRows([Uint8Array.of(1, 2, 3)], plan), Float32Array.of(1, 2, 3))
})

t.test('no rows are no rows', async (t) => {
  t.equal(encodeRows([], plan).length, 0)
  t.equal(encodeRows(new Float32Array(0), plan).length, 0)
})

t.test('a number is cast to float32 once', async () => {
  const double = fc.double({ noNaN: true, min: -3.4e38, max: 3.4e38 })
  fc.assert(fc.property(double, (x) => Object.is(encodeRows([[x, null, null]], plan)[0], Math.fround(x))))
})

t.test('each wrong row is refused, naming row and feature and never the value', async (t) => {
  const good = [1, 'Good', 2]
  const cases: [string, unknown][] = [
    ['The rows are no array', 'secret'],
    ['The rows are no array', { size: 1 }],
    ['The rows are no array', null],
    ['The rows have 4 values, expected a multiple of 3, the number of features.', new Float32Array(4)],
    ['Row 1 has 2 values, expected 3.', [good, [1, 'Good']]],
    ['Row 0 has 4 values, expected 3.', [[1, 'Good', 2, 3]]],
    ['Row 1 has 2 values, expected 3.', [good, new Float64Array(2)]],
    ['Row 0 is no row, expected an array or an object by feature name.', [5]],
    ['Row 0 is no row', [null]],
    ['Row 0 is no row', ['secret']],
    ['Row 0 is no row', [new DataView(new ArrayBuffer(3))]],
    ['Row 0 is no row', [new BigInt64Array(3)]],
    ['Row 0 has a key "colour", expected names of features only.', [{ size: 1, colour: 'secret' }]],
    ['Row 0 has a key of 99 characters, expected names of features only.', [{ size: 1, ['k'.repeat(99)]: 1 }]],
    ['Row 0 has a key "__proto__"', [JSON.parse('{"size":1,"__proto__":{"length":3}}')]],
    ['Row 0, feature "size", is missing, expected a value, because training saw none missing.', [{ length: 1 }]],
    ['Row 0, feature "size", is missing', [Object.create({ size: 1 })]],
    ['Row 0, feature "size", is missing', [[null, 'Good', 1]]],
    ['Row 1, feature "size", is missing', [good, [missing, 'Good', 1]]],
    ['Row 1, feature "size", is missing', Float32Array.of(1, 1, 1, missing, 1, 1)],
    ['Row 0, feature "length", is infinite in float32, expected a finite number.', [[1, 'Good', infinity]]],
    ['Row 0, feature "length", is infinite in float32', [[1, 'Good', -1e39]]],
    ['Row 0, feature "length", is infinite in float32', Float64Array.of(1, 1, 1e39)],
    ['Row 0, feature "length", is infinite in float32', [Float64Array.of(1, 1, 1e39)]],
    ['Row 0, feature "length", is a text, expected a number.', [[1, 'Good', 'secret']]],
    ['Row 0, feature "length", is of type boolean, expected a number.', [[1, 'Good', true]]],
    ['Row 0, feature "length", is undefined, expected a number.', [[1, 'Good', undefined]]],
    ['Row 0, feature "length", is of type bigint, expected a number.', [{ size: 1, length: 4242n }]],
    ['Row 0, feature "length", is an array, expected a number.', [{ size: 1, length: [4242] }]],
    ['Row 0, feature "length", is of type object, expected a number.', [{ size: 1, length: { secret: 4242 } }]],
    ['Row 0, feature "constructor", is a number, expected the text of a category.', [[1, 4242, 2]]],
    ['Row 0, feature "constructor", is of type boolean, expected the text of a category.', [[1, true, 2]]],
  ]
  for (const [message, rows] of cases) {
    t.throws(() => encodeRows(rows as never, plan), { name: 'ModelError', code: 'MODEL_ERR_ROW', message }, message)
    try {
      encodeRows(rows as never, plan)
    } catch (error) {
      t.notMatch((error as Error).message, /secret|4242|1e39/)
    }
  }
})
