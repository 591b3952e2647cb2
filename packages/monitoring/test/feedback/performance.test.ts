import t from 'tap'
import { performanceOf } from '../../src/feedback/performance.ts'
import { cellsOf } from '../../src/feedback/tally.ts'

const CLASSES = { type: 'class', name: 'y', classes: ['no', 'yes'] } as const
const NUMBERS = { type: 'number', name: 'y' } as const

t.test('without a label there are no scores, only how many were answered and what was expected of them', async (t) => {
  const at = cellsOf(2)
  const sums = new Float64Array(at.length)
  sums[at.answered] = 10
  sums[at.estimated] = 8
  t.match(performanceOf(CLASSES, sums), {
    answered: 10,
    labelled: 0,
    accuracy: null,
    logLoss: null,
    ece: null,
    lag: { mean: null },
    estimate: { accuracy: 0.8, error: null },
  })
  t.match(performanceOf(CLASSES, new Float64Array(at.length)), { estimate: { accuracy: null, error: null } })
})

t.test('scores are means of the sums; a class without labels has no recall', async (t) => {
  const at = cellsOf(2)
  const sums = new Float64Array(at.length)
  sums[at.answered] = 20
  sums[at.estimated] = 15
  sums[at.labelled] = 4
  sums[at.labelledEstimate] = 3.6
  sums[at.correct] = 3
  sums[at.logLoss] = 2
  sums[at.labels] = 4
  sums[at.hits] = 3
  sums[at.lagSum] = 60
  // Four rows in one bin, three right, with a confidence of .9 each.
  sums.set([4, 3, 3.6], at.bins)
  const found = performanceOf(CLASSES, sums)
  t.match(found, { accuracy: 0.75, logLoss: 0.5, lag: { mean: 15 }, estimate: { accuracy: 0.75 } })
  if (found.type !== 'class') throw new Error('classes')
  t.ok(Math.abs(found.ece! - 0.15) < 1e-12)
  t.ok(Math.abs(found.estimate.error! - 0.15) < 1e-12)
  t.strictSame(found.recall, [
    { class: 'no', labels: 4, recall: 0.75 },
    { class: 'yes', labels: 0, recall: null },
  ])
})

t.test('errors of numbers; R2 needs labels that differ', async (t) => {
  const at = cellsOf(0)
  const sums = new Float64Array(at.length)
  // Labels 1 and 3, answered 2 and 2.
  sums[at.labelled] = 2
  sums[at.error] = 0
  sums[at.absolute] = 2
  sums[at.squared] = 2
  sums[at.label] = 4
  sums[at.labelSquared] = 10
  sums[at.covered] = 1
  t.match(performanceOf(NUMBERS, sums), { rmse: 1, mae: 1, bias: 0, r2: 0, coverage: 0.5 })
  // Twice the label 2.
  sums[at.labelSquared] = 8
  t.match(performanceOf(NUMBERS, sums), { r2: null })
  t.match(performanceOf(NUMBERS, new Float64Array(at.length)), { rmse: null, r2: null, coverage: null })
})
