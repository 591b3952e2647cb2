import fc from 'fast-check'
import t from 'tap'
import { continuePlainly, crc32c } from '../src/checksum.ts'

t.test('the test vectors of RFC 3720, appendix B.4', async (t) => {
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i)
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa)
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43)
  t.equal(crc32c(ascending), 0x46dd794e)
  t.equal(crc32c(ascending.toReversed()), 0x113fdb5c)
})

t.test('equals the sum taken bit by bit', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 96 }), (bytes) => {
      const whole = bytes.slice(0, bytes.length - (bytes.length % 8))
      return crc32c(whole) === bitwise(whole)
    }),
  )
})

t.test('the kernel takes the sum of the plain way', async (t) => {
  for (const length of [1 << 16, (1 << 16) + 8, 200_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) ^ (i >>> 8))
    t.equal(crc32c(bytes), ~continuePlainly(0xffffffff, bytes) >>> 0)
  }
})

t.test('sees every flipped bit and every burst of 32 bits', async (t) => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i * 37)
  const sum = crc32c(bytes)
  for (let bit = 0; bit < 8 * 64; bit++) {
    bytes[bit >> 3] ^= 1 << (bit & 7)
    if (crc32c(bytes) === sum) t.fail(`bit ${bit}`)
    bytes[bit >> 3] ^= 1 << (bit & 7)
  }
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (start, burst) => {
      const damaged = bytes.slice()
      for (let i = 0; i < 4; i++) damaged[start + i] ^= (burst >>> (8 * i)) & 0xff
      return crc32c(damaged) !== sum
    }),
  )
})

function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}
