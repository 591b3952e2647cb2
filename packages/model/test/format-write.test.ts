import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { crc32c } from '../src/checksum.ts'
import { SECTIONS, type SectionName } from '../src/format.ts'
import { type SectionPlans, type SectionValues, writeFile } from '../src/format-write.ts'

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 3: Uint32Array, 4: Float32Array, 5: Float64Array } as const

/** Some of the sections, in any order, in any of the types that each may have. */
const files: fc.Arbitrary<[SectionName, SectionValues][]> = fc
  .shuffledSubarray(Object.keys(SECTIONS) as SectionName[])
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .tuple(fc.constantFrom(...SECTIONS[name].types), fc.array(fc.nat({ max: 255 }), { maxLength: 20 }))
          .map(([type, values]): [SectionName, SectionValues] => [name, ARRAYS[type].from(values)]),
      ),
    ),
  )

t.test('the bytes are those of the byte table', async () => {
  fc.assert(
    fc.property(files, (sections) => {
      const bytes = atOnce(writeFile(Object.fromEntries(sections)))
      const view = new DataView(bytes.buffer)
      const ordered = sections.toSorted(([a], [b]) => SECTIONS[a].id - SECTIONS[b].id)
      const expected = [0x89, ...Buffer.from('COPSE\r\n'), ...uint32(1), ...uint32(sections.length)]
      let offset = 32 + 24 * sections.length
      const places = ordered.map(([, { byteLength }]) => {
        const place = offset
        offset = 8 * Math.ceil((place + byteLength) / 8)
        return place
      })
      expected.push(...uint64(offset + 8), ...uint64(0))
      ordered.forEach(([name, values], i) => {
        const type = 1 + Object.values(ARRAYS).findIndex((array) => values instanceof array)
        expected.push(...[SECTIONS[name].id, 0, type, SECTIONS[name].required, ...uint32(0)])
        expected.push(...uint64(places[i]), ...uint64(values.length))
      })
      for (const [, { buffer, byteOffset, byteLength }] of ordered) {
        expected.push(...new Uint8Array(buffer, byteOffset, byteLength))
        while (expected.length % 8 !== 0) expected.push(0)
      }
      return (
        bytes.length === offset + 8 &&
        Buffer.compare(bytes.subarray(0, offset), Uint8Array.from(expected)) === 0 &&
        view.getUint32(offset, true) === crc32c(bytes.subarray(0, offset)) &&
        view.getUint32(offset + 4, true) === 0
      )
    }),
    { numRuns: 200 },
  )
})

t.test('a section that is filled later gives the bytes of one that is there', async (t) => {
  const leafShare = Float64Array.of(0.1, -3)
  const shape = Uint8Array.of(1, 2, 3)
  const found: SectionValues[] = []
  const planned: SectionPlans = {
    leafShare: {
      type: 5,
      length: 2,
      fill: (to: SectionValues) => {
        found.push(to.slice())
        to.set(leafShare)
      },
    },
    shape: { type: 1, length: 3, fill: (to: SectionValues) => to.set(shape) },
  }
  t.same(atOnce(writeFile(planned)), atOnce(writeFile({ shape, leafShare })))
  t.same(found, [new Float64Array(2)], 'it is filled once, and is all 0 before')
})

t.test('pauses after each section and each MB of the checksum', async (t) => {
  const sections = { json: new Uint8Array(3 << 20).fill(7), shape: Uint8Array.of(1) }
  const pauses = [...writeFile(sections)].length
  t.equal(pauses, 2 + 4)
  const bytes = atOnce(writeFile(sections))
  const end = bytes.length - 8
  t.equal(new DataView(bytes.buffer).getUint32(end, true), crc32c(bytes.subarray(0, end)))
})

function uint32(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff)
}

function uint64(value: number): number[] {
  return [...uint32(value), 0, 0, 0, 0]
}
