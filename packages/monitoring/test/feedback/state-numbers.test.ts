import fc from 'fast-check'
import t from 'tap'
import { base64, fill } from '../../src/feedback/state-numbers.ts'
import { Field } from '../../src/field.ts'

function filled(value: unknown, length: number): Float64Array {
  const numbers = new Float64Array(length)
  fill(new Field(value, 'times', 'The feedback'), numbers)
  return numbers
}

t.test('numbers come back from base64 and from pieces of any size, to the bit', async () => {
  fc.assert(
    fc.property(fc.float64Array({ maxLength: 20 }), fc.integer({ min: 1, max: 50 }), (numbers, size) => {
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      for (const value of [base64(numbers), pieces]) {
        const again = filled(value, numbers.length)
        if (Buffer.compare(Buffer.from(again.buffer), bytes) !== 0) return false
      }
      return true
    }),
  )
})

t.test('only the part of the buffer that the numbers view is taken', async (t) => {
  t.equal(base64(Uint16Array.from([1, 2, 3]).subarray(1, 2)), 'AgA=')
})

t.test('anything else is refused with what was expected', async (t) => {
  const code = 'MONITORING_ERR_STRUCTURE'
  const bytes = (length: number) => new Uint8Array(length)
  for (const value of ['', 'AAAA', `${'A'.repeat(10)}!=`, 'A'.repeat(24)]) {
    t.throws(() => filled(value, 1), { code, message: /times.*base64 of 8 bytes/ }, value)
  }
  for (const value of [[], [bytes(7)], [bytes(8), bytes(1)], [bytes(4), [0, 0, 0, 0]], new Set(['AAAAAAAAAAA='])]) {
    t.throws(() => filled(value, 1), { code, message: /times.* 8 bytes/ })
  }
  for (const value of [undefined, null, 8, {}]) t.throws(() => filled(value, 1), { code, message: /times.*a text/ })
})

t.test('pieces without end are read no further than the numbers go', async (t) => {
  let read = 0
  function* endless() {
    for (;;) {
      read++
      yield new Uint8Array(8)
    }
  }
  t.throws(() => filled(endless(), 3), { code: 'MONITORING_ERR_STRUCTURE' })
  t.equal(read, 4)
})
