import t from 'tap'
import { align8, ELEMENT_BYTES, ELEMENT_NAMES, type ElementType, elementType } from '../src/format.ts'

t.test('each element type is that of its array', async (t) => {
  const arrays = { 1: Uint8Array, 2: Uint16Array, 3: Uint32Array, 4: Float32Array, 5: Float64Array }
  for (const code of [1, 2, 3, 4, 5] satisfies ElementType[]) {
    const array = new arrays[code](3)
    t.equal(elementType(array), code)
    t.equal(ELEMENT_BYTES[code], array.BYTES_PER_ELEMENT)
    t.equal(`${ELEMENT_NAMES[code]}array`, array.constructor.name.toLowerCase())
  }
})

t.test('a boundary is at or after an offset, beyond 2^32 too', async (t) => {
  t.same([0, 1, 8, 9, 15].map(align8), [0, 8, 8, 16, 16])
  t.equal(align8(2 ** 33 + 1), 2 ** 33 + 8)
  t.equal(align8(2 ** 53 - 7), 2 ** 53)
})
