import fc from 'fast-check'
import t from 'tap'
import { sortKeys } from '../src/sort-keys.ts'

t.test('sorts as a sort does, whatever the number of keys and the range of codes', async (t) => {
  const problem = fc.record({
    n: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3000 })),
    max: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 0xffff })),
    seed: fc.integer({ min: 1, max: 2 ** 31 }),
  })
  fc.assert(
    fc.property(problem, ({ n, max, seed }) => {
      let state = seed
      const code = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return Math.floor((state / 2 ** 32) * (max + 1))
      }
      const keys = Uint32Array.from({ length: n }, (_, position) => code() * 0x10000 + position)
      const expected = keys.toSorted()
      const sorted = sortKeys(keys, new Uint32Array(n), new Uint32Array(256), n, max)
      return Buffer.compare(Buffer.from(sorted.buffer), Buffer.from(expected.buffer)) === 0
    }),
    { numRuns: 500, seed: 1 },
  )
  t.pass()
})
