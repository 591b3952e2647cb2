import fc from 'fast-check'
import t from 'tap'
import { partition } from '../src/partition.ts'

t.test('every row is on the side it was sent to, each side ascending', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (sides) => {
      const asked: number[] = []
      const { train, test } = partition(sides.length, (row) => {
        asked.push(row)
        return sides[row]
      })
      t.same(
        [...test],
        [...sides.keys()].filter((row) => sides[row]),
      )
      t.same(
        [...train],
        [...sides.keys()].filter((row) => !sides[row]),
      )
      t.same(asked, [...sides.keys()], 'each is asked for once')
    }),
    { numRuns: 50 },
  )
})

t.test('a side holds no more memory than its rows take', async (t) => {
  const { train, test } = partition(1000, (row) => row < 3)
  t.same([test.buffer.byteLength, train.buffer.byteLength], [4 * 3, 4 * 997])
})
