import t from 'tap'
import { type Cells, cellsOf, LAG_SECONDS } from '../../src/feedback/tally.ts'
import { CONFIDENCE_BINS } from '../../src/index.ts'

/** The cells that a sum takes, by its name. */
function taken(at: Cells, classes: number): Map<string, number[]> {
  const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i)
  const common: [string, number[]][] = [
    ['answered', [at.answered]],
    ['estimated', [at.estimated]],
    ['labelled', [at.labelled]],
    ['labelledEstimate', [at.labelledEstimate]],
    ['lags', range(at.lags, LAG_SECONDS.length + 1)],
    ['lagSum', [at.lagSum]],
  ]
  const own: [string, number[]][] =
    classes > 0
      ? [
          ['correct', [at.correct]],
          ['logLoss', [at.logLoss]],
          ['labels', range(at.labels, classes)],
          ['hits', range(at.hits, classes)],
          ['bins', range(at.bins, 3 * CONFIDENCE_BINS)],
        ]
      : (['error', 'absolute', 'squared', 'label', 'labelSquared', 'covered'] as const).map((name) => [
          name,
          [at[name]],
        ])
  return new Map([...common, ...own])
}

t.test('sums stand beside each other, and fill the cells', async (t) => {
  for (const classes of [0, 2, 3, 26]) {
    const at = cellsOf(classes)
    const all = [...taken(at, classes).values()].flat()
    t.equal(new Set(all).size, all.length, `${classes} classes: none stands on another`)
    t.strictSame(
      all.toSorted((a, b) => a - b),
      Array.from({ length: at.length }, (_, cell) => cell),
    )
  }
})

t.test('the lag bins rise', async (t) => {
  t.strictSame(
    [...LAG_SECONDS],
    LAG_SECONDS.toSorted((a, b) => a - b),
  )
})
