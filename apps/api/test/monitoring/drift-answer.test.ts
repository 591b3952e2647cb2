import fc from 'fast-check'
import t from 'tap'
import { Check, Errors } from 'typebox/value'
import { driftAnswer, kindOf, shownModel } from '../../src/monitoring/drift-answer.ts'
import { MONITOR_DEFAULTS } from '../../src/monitoring/monitor.ts'
import { Watched } from '../../src/monitoring/watched.ts'
import { DriftAnswer } from '../../src/schemas/monitoring.ts'
import { batchOf, irisFacts, mixedFacts, shifted } from './facts.ts'

const facts = mixedFacts()

/** The answer of the mixed model after these rows and two checks. */
function answerTo(rows: readonly (readonly number[])[], settings = MONITOR_DEFAULTS) {
  const watched = new Watched(facts, settings)
  if (rows.length > 0) watched.take(batchOf(facts, rows))
  watched.check()
  watched.check()
  return driftAnswer(watched, settings.intervalMs)
}

t.test('says of whom, of how much, and by what rule', async (t) => {
  const settings = { ...MONITOR_DEFAULTS, windowMs: 600_000, intervalMs: 5000, check: { leastRows: 7, leastPsi: 0.2 } }
  t.match(answerTo([[1, 0, 0]], settings), {
    model: { name: 'mixed', version: '1', sha256: facts.sha256 },
    state: 'none',
    enough: false,
    rows: 1,
    minimum_rows: 7,
    reference_rows: 200,
    window_seconds: 600,
    interval_seconds: 5,
    thresholds: { possible: 0.05, drift: 0.01, psi: 0.2, share: 0.05 },
  })
})

t.test('bins of a number are ranges that touch, those of a category its levels', async (t) => {
  const { series } = answerTo([[1, 0, 0]])
  const [carat, cut] = series
  t.equal(carat!.bins[0]!.from, null)
  t.equal(carat!.bins.at(-1)!.to, null)
  for (const [index, { from }] of carat!.bins.slice(1).entries()) t.equal(from, carat!.bins[index]!.to)
  t.match(carat!.bins[0]!.label, /^<= [\d.]+$/)
  t.match(carat!.bins.at(-1)!.label, /^> [\d.]+$/)
  t.strictSame(
    cut!.bins.map(({ label, level, from, to }) => [label, level, from, to]),
    ['Fair', 'Good', 'Ideal'].map((level) => [level, level, null, null]),
  )
  t.match(cut, { out_of_range: null, min: null, max: null })
  t.match(carat, { unseen: null })
})

t.test('the extremes of a column are told in the digits they were written with', async (t) => {
  const watched = new Watched(irisFacts(), MONITOR_DEFAULTS)
  const { series } = driftAnswer(watched, 60_000)
  t.strictSame(
    series.slice(0, 4).map(({ min, max }) => [min, max]),
    [
      [4.3, 7.9],
      [2, 4.4],
      [1, 6.9],
      [0.1, 2.5],
    ],
  )
})

t.test('a state tells since when, in the same time as the check', async (t) => {
  const watched = new Watched(irisFacts(), MONITOR_DEFAULTS)
  const now = Date.now()
  watched.take(batchOf(irisFacts(), shifted(300, 1, 2)))
  watched.check(now)
  watched.check(now + 1000)
  watched.check(now + 2000)
  const { state, checked_at, series } = driftAnswer(watched, 60_000)
  t.equal(state, 'drift')
  t.equal(checked_at, new Date(now + 2000).toISOString())
  t.equal(series[0]!.since, new Date(now + 1000).toISOString())
  t.equal(series[1]!.since, null)
})

t.test('a feature may be called as a kind is', async (t) => {
  t.equal(kindOf({ role: 'feature', name: 'confidence' }), 'feature')
  t.equal(kindOf({ role: 'answer', name: 'confidence' }), 'confidence')
  t.equal(kindOf({ role: 'signal', name: 'rare_leaves' }), 'rare_leaves')
  t.strictSame(shownModel(facts), { name: 'mixed', version: '1', sha256: facts.sha256 })
})

t.test('whatever the rows, the answer is as its schema says, and its shares are shares', async () => {
  const cell = fc.oneof(fc.constant(Number.NaN), fc.double({ min: -1e30, max: 1e30, noNaN: true }))
  const level = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 4 }))
  const row = fc.tuple(cell, level, fc.integer({ min: 0, max: 2 }))
  await fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), (rows) => {
      const answer = JSON.parse(JSON.stringify(answerTo(rows)))
      if (!Check(DriftAnswer, answer)) throw new Error(JSON.stringify(Errors(DriftAnswer, answer)[0]))
      for (const { name, bins, rows: counted } of answer.series) {
        const sum = bins.reduce((total: number, { current }: { current: number }) => total + current, 0)
        if (Math.abs(sum - (counted > 0 ? 1 : 0)) > 1e-9) throw new Error(`${name}: ${sum} of ${counted} rows`)
      }
    }),
    { numRuns: 40 },
  )
})
