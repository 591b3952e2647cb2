import fc from 'fast-check'
import t from 'tap'
import { buildReference } from '../../src/index.ts'
import { Layout, MOST_LEVEL_BINS } from '../../src/window/layout.ts'
import { reference, SHA256 } from '../arbitrary.ts'

t.test('series stand side by side and fill the cells', async () => {
  fc.assert(
    fc.property(reference, (any) => {
      const { series, cells, features } = new Layout(any)
      let start = 1
      for (const one of series) {
        if (one.start !== start || one.reference.length !== one.bins + 2) return false
        start += one.bins + 2
      }
      const sums = series.slice(0, features).map((one) => one.reference.reduce((sum, count) => sum + count, 0))
      return start === cells && features === any.features.length && sums.every((sum) => sum === any.rows)
    }),
  )
})

t.test('features come first, then answers, then signals', async (t) => {
  const probabilities = Float64Array.of(1, 0, 0.4, 0.6)
  const { series, outputs } = new Layout(
    buildReference({
      signature: {
        features: [{ name: 'confidence', type: 'number' }],
        target: { name: 'y', type: 'class', classes: ['a', 'b'] },
      },
      columns: [Float32Array.of(1, 2)],
      probabilities,
      signals: { disagreement: Float64Array.of(0, 0.1), rareShare: Float64Array.of(0, 1) },
      modelSha256: SHA256,
    }),
  )
  t.equal(outputs, 2)
  t.strictSame(
    series.map(({ role, name, bins }) => [role, name, bins]),
    [
      ['feature', 'confidence', 2],
      ['answer', 'prediction', 2],
      ['answer', 'confidence', 20],
      ['signal', 'disagreement', 2],
      ['signal', 'rare_leaves', 2],
    ],
  )
})

t.test('a category of many levels has bins for the most frequent and one for the rest', async (t) => {
  const levels = Array.from({ length: 200 }, (_, index) => `level ${index}`)
  // Level i is there i times, and the last one twice as often.
  const column = Float32Array.from([
    ...levels.flatMap((_, level) => new Array<number>(level).fill(level)),
    ...new Array<number>(199).fill(199),
  ])
  const { series } = new Layout(
    buildReference({
      signature: { features: [{ name: 'x', type: 'category', levels }], target: { name: 'y', type: 'number' } },
      columns: [column],
      modelSha256: SHA256,
    }),
  )
  const [{ bins, binOfLevel, reference: counts, levels: shown, once }] = series
  t.equal(bins, MOST_LEVEL_BINS + 1)
  t.equal(shown[0], 'level 150')
  t.equal(shown[49], 'level 199')
  t.equal(shown[50], null)
  t.equal(binOfLevel[149], 50)
  t.equal(binOfLevel[150], 0)
  t.equal(counts[49], 398)
  t.equal(counts[50], (149 * 150) / 2)
  t.equal(once, 1)
})
