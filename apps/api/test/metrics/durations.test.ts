import fc from 'fast-check'
import t from 'tap'
import { Durations } from '../../src/metrics/durations.ts'

t.test('a duration is in the first bucket whose bound it does not exceed', async (t) => {
  const durations = new Durations([0.1, 1, 10])
  for (const seconds of [0, 0.1, 0.10001, 1, 5, 10, 10.001, 1e9]) durations.add(seconds)
  t.strictSame([...durations.counts], [2, 2, 2, 2])
  t.equal(durations.count, 8)
})

t.test('counts and sum are those of all', async () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (values) => {
      const durations = new Durations([0.5, 50])
      let sum = 0
      for (const value of values) {
        durations.add(value)
        sum += value
      }
      const of = (from: number, to: number) => values.filter((value) => value > from && value <= to).length
      const expected = [of(-1, 0.5), of(0.5, 50), of(50, 100)]
      return (
        durations.sum === sum &&
        durations.count === values.length &&
        expected.every((count, i) => count === durations.counts[i])
      )
    }),
  )
})
