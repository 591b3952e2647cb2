import t from 'tap'
import { shiftFor } from '../src/bins.ts'

t.test('the smallest shift that leaves at most so many bins', async (t) => {
  const shift = (min: number, max: number, samples: number, maxBins: number) =>
    shiftFor({ min, max, missing: 0, levels: 0 }, samples, maxBins)
  t.equal(shift(0, 65_535, 100_000, 0), 0, 'no limit')
  t.equal(shift(0, 65_535, 256, 256), 0, 'fewer samples than bins')
  t.equal(shift(0, 65_535, 257, 256), 8)
  t.equal(shift(1000, 1255, 5000, 256), 0, "the node's own range counts")
  t.equal(shift(1000, 1256, 5000, 256), 1)
  t.equal(shift(0, 65_535, 5000, 2), 15)
})
