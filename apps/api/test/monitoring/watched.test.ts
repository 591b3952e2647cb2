import { FEEDBACK_RESULTS } from '@copse/monitoring'
import t from 'tap'
import { Watched, type WatchedState, type WatchSettings } from '../../src/monitoring/watched.ts'
import { batchOf, drawn, irisFacts, mixedFacts, shifted } from './facts.ts'

const HOUR = 3_600_000
const SETTINGS: WatchSettings = { windowMs: HOUR, feedbackMs: 24 * HOUR, check: {}, segments: [] }
const PLANS = [{ name: 'plan', header: 'x-plan', values: ['free', 'pro'] }]
const facts = irisFacts()

/** What a process keeps, as it comes back from a file. */
function kept(watched: Watched): WatchedState {
  return JSON.parse(JSON.stringify(watched)) as WatchedState
}

t.test('begins with nothing, and says so', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  t.match(watched.report, { rows: 0, enough: false, state: 'none' })
  t.equal(watched.report.series.length, watched.layout.series.length)
  t.strictSame(Object.keys(watched.results), [...FEEDBACK_RESULTS])
  t.ok(Object.values(watched.results).every((count) => count === 0))
  t.match(watched.performance().total, { answered: 0, labelled: 0, accuracy: null })
})

t.test('rows count in the window until it has passed, and in the life of the version for ever', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  watched.take(batchOf(facts, drawn(60, 1), 'a'))
  watched.take(batchOf(facts, drawn(40, 2), 'b'))
  t.equal(watched.report.rows, 0, 'not before it is looked at')
  t.equal(watched.check().rows, 100)
  t.equal(watched.checked[0], 100)
  t.equal(watched.check(Date.now() + 2 * HOUR).rows, 0)
  t.equal(watched.lifetime()[0], 100)
})

t.test('shifted rows are drift from the second look on, and none once they have left the window', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  watched.take(batchOf(facts, shifted(300, 1, 2)))
  t.equal(watched.check().state, 'none')
  const drift = watched.check()
  t.equal(drift.state, 'drift')
  t.strictSame(
    drift.series.filter(({ state }) => state !== 'none').map(({ name }) => name),
    ['sepal_length'],
  )
  watched.check(Date.now() + 2 * HOUR)
  t.equal(watched.report.state, 'drift', 'no rows say nothing')
})

t.test('labels are counted by what became of them; a prediction counts once for accuracy', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  watched.take(batchOf(facts, [[5.1, 3.5, 1.4, 0.2]]))
  t.ok(watched.knows('id.0'))
  t.notOk(watched.knows('id.1'))
  const results = ['dahlia', 'setosa', 'setosa', 'virginica'].map((label) => watched.label('id.0', label))
  t.strictSame(results, ['invalid', 'matched', 'repeated', 'conflict'])
  t.equal(watched.label('id.1', 'setosa'), 'unmatched')
  t.strictSame(watched.results, { matched: 1, repeated: 1, conflict: 1, late: 0, unmatched: 1, invalid: 1 })
  t.match(watched.performance().total, { answered: 1, labelled: 1, accuracy: 1 })
})

t.test('a label that comes after a week is late', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  watched.take(batchOf(facts, drawn(1, 1)))
  t.equal(watched.label('id.0', 'setosa', Date.now() + 8 * 24 * HOUR), 'late')
})

t.test('segments count predictions, confidence and labels by class', async (t) => {
  const watched = new Watched(facts, { ...SETTINGS, segments: PLANS })
  const rows = [
    [5.1, 3.5, 1.4, 0.2],
    [5.9, 3, 4.2, 1.5],
  ]
  watched.take(batchOf(facts, rows, 'pro', 1))
  watched.label('pro.0', 'setosa')
  watched.label('pro.1', 'virginica')
  watched.label('pro.1', 'virginica')
  const counts = [...watched.segments.counts()].filter(({ predictions, labels }) => predictions + labels > 0)
  t.strictSame(
    counts.map(({ value, class: of, predictions, confidence, labels, correct }) => [
      value,
      of,
      predictions,
      confidence,
      labels,
      correct,
    ]),
    [
      ['pro', 'setosa', 1, 1, 1, 1],
      ['pro', 'versicolor', 1, 0.75, 0, 0],
      ['pro', 'virginica', 0, 0, 1, 0],
    ],
  )
})

t.test('a model of numbers: answers have no class and no confidence', async (t) => {
  const numbers = mixedFacts()
  const watched = new Watched(numbers, { ...SETTINGS, segments: PLANS })
  watched.take(batchOf(numbers, [[1, 2, 0]], 'n', 0))
  t.equal(watched.label('n.0', 'many'), 'invalid')
  t.equal(watched.label('n.0', 3), 'matched')
  const [free] = [...watched.segments.counts()]
  t.match(free, { value: 'free', class: '', predictions: 1, confidence: 0, labels: 1 })
  t.match(watched.performance().total, { type: 'number', labelled: 1 })
})

t.test('what is kept goes on as it was: window, states, labels, counts', async (t) => {
  const settings = { ...SETTINGS, segments: PLANS }
  const watched = new Watched(facts, settings)
  watched.take(batchOf(facts, shifted(300, 1, 2)))
  watched.label('id.7', 'setosa')
  watched.check()
  watched.check()
  const again = new Watched(facts, settings, kept(watched))
  t.strictSame(kept(again), kept(watched))
  t.equal(again.report.state, 'drift')
  t.equal(again.report.rows, 300)
  t.match(again.label('id.7', 'virginica'), 'conflict')
  t.match(again.label('id.8', 'setosa'), 'matched')
  // Two looks that say less do not follow from a restart.
  t.equal(again.check().state, 'drift')
})

t.test('a state of another model, or of other windows, is refused; counts that are none are 0', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  watched.take(batchOf(facts, drawn(60, 1)))
  const state = kept(watched)
  const other = mixedFacts()
  t.throws(() => new Watched(other, SETTINGS, state), { code: 'MONITORING_ERR_MISMATCH' })
  t.throws(() => new Watched(facts, { ...SETTINGS, windowMs: HOUR / 2 }, state), { code: 'MONITORING_ERR_MISMATCH' })
  t.throws(() => new Watched(facts, { ...SETTINGS, feedbackMs: HOUR }, state), { code: 'MONITORING_ERR_MISMATCH' })
  for (const results of [null, [], 'x', { matched: -1, repeated: 1.5, late: '3', invalid: Number.MAX_VALUE }]) {
    t.ok(Object.values(new Watched(facts, SETTINGS, { ...state, results }).results).every((count) => count === 0))
  }
})

t.test('counts of another layout are refused, and nothing of them is taken', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  const before = JSON.stringify(watched)
  t.throws(() => watched.take(batchOf(mixedFacts(), [[1, 2, 0]])), { code: /^MONITORING_ERR_/ })
  t.equal(JSON.stringify(watched), before)
  t.equal(watched.changes, 0)
})

t.test('changes grow with everything that is worth keeping, and with nothing else', async (t) => {
  const watched = new Watched(facts, SETTINGS)
  watched.check()
  t.equal(watched.changes, 0, 'a look at nothing')
  watched.take(batchOf(facts, drawn(1, 1)))
  watched.label('id.0', 'setosa')
  watched.check()
  t.equal(watched.changes, 3)
  watched.performance()
  watched.lifetime()
  t.equal(watched.changes, 3)
})
