import fc from 'fast-check'
import t from 'tap'
import {
  bytes,
  doubleBytes,
  encodeMessage,
  floats,
  integer,
  integers,
  message,
  type Part,
  sizeOf,
  text,
  texts,
} from '../../src/onnx/protobuf.ts'
import { decode } from './decode.ts'

const hex = (...parts: Part[]) => Buffer.from(encodeMessage(parts)).toString('hex')

t.test('the examples of the encoding guide', async (t) => {
  t.equal(hex(integer(1, 150)), '089601')
  t.equal(hex(text(2, 'testing')), '120774657374696e67')
  t.equal(hex(message(3, [integer(1, 150)])), '1a03089601')
  t.equal(hex(integers(6, (take) => [3, 270, 86942].forEach(take))), '3206038e029ea705')
})

t.test('keys, lengths and numbers of every width', async (t) => {
  t.equal(hex(integer(20, 7)), 'a00107')
  t.equal(hex(integer(1, 0)), '0800')
  t.equal(hex(integer(1, 2 ** 32 - 1)), '08ffffffff0f')
  t.equal(hex(text(1, '')), '0a00')
  t.equal(hex(text(1, 'größe')), '0a076772c3b6c39f65')
  t.equal(hex(bytes(9, Uint8Array.of(255, 0))), '4a02ff00')
  t.equal(hex(floats(7, 2, (take) => [1, -0.5].forEach(take))), '3a080000803f000000bf')
  t.equal(hex(doubleBytes(9, 1, (take) => take(-2))), '4a0800000000000000c0')
  t.equal(hex(texts(9, ['LEAF', 'B'], (take) => [1, 0, 1].forEach(take))), '4a01424a044c4541464a0142')
  t.equal(hex(text(1, 'x'.repeat(200))).slice(0, 6), '0ac801')
})

t.test('a message has the size that was told, at any depth', async () => {
  const leaf = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(2 ** 32 - 1)).map(([field, value]) => integer(field, value)),
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.string()).map(([field, value]) => text(field, value)),
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(2 ** 32 - 1)))
      .map(([field, values]) => integers(field, (take) => values.forEach((value) => void take(value)))),
  )
  const nested = fc.array(leaf).map((parts) => message(3, parts))
  fc.assert(
    fc.property(fc.array(fc.oneof(leaf, nested)), (parts) => {
      const encoded = encodeMessage(parts)
      return encoded.length === sizeOf(parts) && decode(encoded).length === parts.length
    }),
  )
})
