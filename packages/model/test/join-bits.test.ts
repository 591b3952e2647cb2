import fc from 'fast-check'
import t from 'tap'
import { joinBits } from '../src/join-bits.ts'

t.test('bits of all parts stand behind each other, and parts without bytes are zeros', async (t) => {
  const part = fc.record({ bits: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), absent: fc.boolean() })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const expected = parts.flatMap(({ bits, absent }) => bits.map((bit) => bit && !absent))
      const to = new Uint8Array(Math.ceil(expected.length / 8))
      joinBits(
        parts.map(({ bits, absent }) => ({ bits: absent ? new Uint8Array(0) : pack(bits), size: bits.length })),
        to,
      )
      return Buffer.compare(to, pack(expected)) === 0
    }),
  )
  t.pass()
})

function pack(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [i, bit] of bits.entries()) bytes[i >>> 3] |= Number(bit) << (i & 7)
  return bytes
}
