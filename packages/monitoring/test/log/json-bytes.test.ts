import fc from 'fast-check'
import t from 'tap'
import { MOST_NUMBER, mostText, putBytes, putDouble, putFloat, putText } from '../../src/log/json-bytes.ts'

type Put<Value> = (bytes: Uint8Array, at: number, value: Value) => number

/** The text that `put` makes behind some other bytes; what is around it must stay. */
function textOf<Value>(put: Put<Value>, value: Value): string {
  const bytes = new Uint8Array(1000).fill(1)
  const end = put(bytes, 3, value)
  if (bytes.some((byte, at) => (at < 3 || at >= end) && byte !== 1)) throw new Error('wrote outside of its place')
  return Buffer.from(bytes.subarray(3, end)).toString()
}

t.test('numbers are read as they were, in no more bytes than said', async () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
    fc
      .tuple(fc.integer({ min: -3_000_000_000, max: 3_000_000_000 }), fc.integer({ min: 0, max: 12 }))
      .map(([digits, decimals]) => digits / 10 ** decimals),
    fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 31 - 1, 1999.999999, 2000, 1e-3, 9.9999994e-4, 9_999_999, 1e7, 1e21),
  )
  fc.assert(
    fc.property(numbers, (value) => {
      const double = textOf(putDouble, value)
      const single = Math.fround(Math.abs(value) < 3e38 ? value : 0)
      const float = textOf(putFloat, single)
      return (
        JSON.parse(double) === value + 0 &&
        Math.fround(JSON.parse(float)) === single + 0 &&
        Math.max(double.length, float.length) <= MOST_NUMBER
      )
    }),
    { numRuns: 20_000 },
  )
})

t.test('a float32 has as few digits as tell it from its neighbours', async (t) => {
  for (const [value, text] of [
    [5.1, '5.1'],
    [-0.2, '-0.2'],
    [0, '0'],
    [-0, '0'],
    [150, '150'],
    [123456.7, '123456.7'],
    [16777216, '16777216'],
    [0.001, '0.001'],
    [1 / 3, '0.33333334'],
    [0.00123456789, '0.0012345678'],
  ] as const) {
    t.equal(textOf(putFloat, Math.fround(value)), text)
  }
})

t.test('a double that is a few millionths is written so', async (t) => {
  t.equal(textOf(putDouble, 0.07), '0.07')
  t.equal(textOf(putDouble, 1), '1')
  t.equal(textOf(putDouble, 1 / 3), '0.3333333333333333')
})

t.test('texts are JSON in UTF-8, whatever is in them', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      const put = textOf(putText, text)
      return JSON.parse(put) === text && Buffer.byteLength(put) <= mostText(text)
    }),
  )
})

t.test('bytes of any length are copied', async (t) => {
  for (const length of [0, 1, 64, 65, 300]) {
    const source = Buffer.alloc(length, 'x')
    t.equal(textOf(putBytes, source), 'x'.repeat(length))
  }
})
