import fc from 'fast-check'
import t from 'tap'
import { Check, Errors } from 'typebox/value'
import { MONITOR_DEFAULTS } from '../../src/monitoring/monitor.ts'
import { performanceAnswer } from '../../src/monitoring/performance-answer.ts'
import { Watched } from '../../src/monitoring/watched.ts'
import { PerformanceAnswer } from '../../src/schemas/monitoring.ts'
import { batchOf, drawn, irisFacts, mixedFacts } from './facts.ts'

const SEGMENTS = [{ name: 'plan', header: 'x-plan', values: ['free', 'pro'] }]

t.test('what no label tells yet is null, and what does not apply is', async (t) => {
  const classes = performanceAnswer(new Watched(irisFacts(), MONITOR_DEFAULTS))
  const nothing = {
    accuracy: null,
    log_loss: null,
    ece: null,
    rmse: null,
    mae: null,
    bias: null,
    r2: null,
    coverage: null,
  }
  t.match(classes, { type: 'class', answered: 0, labelled: 0, ...nothing, estimate: { accuracy: null, error: null } })
  t.strictSame(
    classes.recall.map(({ recall }) => recall),
    [null, null, null],
  )
  const numbers = performanceAnswer(new Watched(mixedFacts(), MONITOR_DEFAULTS))
  t.match(numbers, { type: 'number', ...nothing, recall: [], estimate: { accuracy: null, error: null } })
})

t.test('without labels accuracy is estimated; with them the estimate says how wrong it was', async (t) => {
  const facts = irisFacts()
  const watched = new Watched(facts, MONITOR_DEFAULTS)
  watched.take(batchOf(facts, drawn(200, 1)))
  const before = performanceAnswer(watched)
  t.ok(before.estimate.accuracy! > 0.8 && before.estimate.accuracy! < 1)
  t.equal(before.estimate.error, null)
  for (let row = 0; row < 200; row++) watched.label(`id.${row}`, 'setosa')
  const after = performanceAnswer(watched)
  t.equal(after.estimate.accuracy, before.estimate.accuracy)
  t.ok(Math.abs(after.estimate.error! - (after.estimate.accuracy! - after.accuracy!)) < 1e-12, 'all rows have labels')
  t.equal(after.history.at(-1)!.estimated_accuracy, after.estimate.accuracy)
})

t.test('by hour, oldest first, each from its beginning', async (t) => {
  const facts = irisFacts()
  const watched = new Watched(facts, { ...MONITOR_DEFAULTS, feedbackMs: 24_000 })
  const { history, window_seconds, sub_window_seconds } = performanceAnswer(watched)
  t.match({ window_seconds, sub_window_seconds }, { window_seconds: 24, sub_window_seconds: 1 })
  t.equal(history.length, 24)
  const times = history.map(({ from }) => Date.parse(from))
  t.strictSame(
    times.map((time) => time % 1000),
    times.map(() => 0),
  )
  t.ok(times.every((time, index) => index === 0 || time === times[index - 1]! + 1000))
})

t.test('segments: confidence and accuracy are means, and null where there is none', async (t) => {
  const facts = irisFacts()
  const watched = new Watched(facts, { ...MONITOR_DEFAULTS, segments: SEGMENTS })
  watched.take(batchOf(facts, [[5.9, 3, 4.2, 1.5]], 'a', 1))
  watched.label('a.0', 'versicolor')
  const { segments } = performanceAnswer(watched)
  t.equal(segments.length, 9, 'three values with other, three classes')
  t.strictSame(
    segments.find(({ value, class: of }) => value === 'pro' && of === 'versicolor'),
    { segment: 'plan', value: 'pro', class: 'versicolor', predictions: 1, labels: 1, confidence: 0.75, accuracy: 1 },
  )
  t.match(segments[0], { value: 'free', predictions: 0, labels: 0, confidence: null, accuracy: null })
})

t.test('lag: a label a minute later is in the bin of minutes', async (t) => {
  const facts = irisFacts()
  const watched = new Watched(facts, MONITOR_DEFAULTS)
  const batch = batchOf(facts, drawn(1, 1))
  watched.take(batch)
  watched.label('id.0', 'setosa', batch.time + 90_000)
  const { lag } = performanceAnswer(watched, batch.time + 90_000)
  t.equal(lag.mean_seconds, 90)
  t.equal(lag.bins.at(-1)!.to_seconds, null, 'the last is open')
  const found = lag.bins.findIndex(({ labels }) => labels === 1)
  t.ok(lag.bins[found]!.to_seconds! >= 90 && (found === 0 || lag.bins[found - 1]!.to_seconds! < 90))
})

t.test('whatever is predicted and labelled, the answer is as its schema says', async () => {
  const label = fc.oneof(
    fc.constantFrom('setosa', 'versicolor', 'virginica', 'dahlia'),
    fc.double({ min: -1e150, max: 1e150 }),
  )
  const labels = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), label), { maxLength: 40 })
  await fc.assert(
    fc.property(labels, fc.boolean(), (given, ofNumbers) => {
      const facts = ofNumbers ? mixedFacts() : irisFacts()
      const watched = new Watched(facts, { ...MONITOR_DEFAULTS, segments: SEGMENTS })
      const rows = ofNumbers ? Array.from({ length: 20 }, (_, row) => [row, row % 3, row % 2]) : drawn(20, 1)
      watched.take(batchOf(facts, rows))
      for (const [row, text] of given) watched.label(`id.${row}`, text)
      const answer = JSON.parse(JSON.stringify(performanceAnswer(watched)))
      if (!Check(PerformanceAnswer, answer)) throw new Error(JSON.stringify(Errors(PerformanceAnswer, answer)[0]))
      const counted = Object.values(answer.results as Record<string, number>).reduce((a, b) => a + b, 0)
      if (counted !== given.length) throw new Error(`${counted} of ${given.length} labels`)
    }),
    { numRuns: 40 },
  )
})
