import fc from 'fast-check'
import t from 'tap'
import { calibrated } from '../../src/feedback/estimate.ts'
import { type ClassCalibration, CONFIDENCE_BINS } from '../../src/index.ts'

/** A calibration of `rows` answers in the bin of each confidence, of which `right` were right. */
function calibration(rows: number, right: number): ClassCalibration {
  const counts = new Array<number>(CONFIDENCE_BINS).fill(rows)
  return { type: 'class', counts, correct: counts.map(() => right) } as unknown as ClassCalibration
}

t.test('an answer is as likely right as such answers were in training', async (t) => {
  const likelihood = calibrated(calibration(1_000_000, 700_000))
  t.ok(Math.abs(likelihood(0.83) - 0.7) < 1e-6)
})

t.test('where the calibration has no rows, or there is none, the confidence itself speaks', async (t) => {
  t.equal(calibrated(calibration(0, 0))(0.83), 0.83)
  t.equal(calibrated(null)(0.83), 0.83)
})

t.test('few rows draw it a little: one row weighs as much as the confidence', async (t) => {
  t.ok(Math.abs(calibrated(calibration(1, 0))(0.8) - 0.4) < 1e-12)
  t.ok(Math.abs(calibrated(calibration(1, 1))(0.8) - 0.9) < 1e-12)
})

t.test('is a probability, and grows with the confidence within a bin', async () => {
  const rows = fc.integer({ min: 0, max: 1000 })
  const confidence = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(rows, fc.double({ min: 0, max: 1, noNaN: true }), confidence, (count, share, of) => {
      const likelihood = calibrated(calibration(count, Math.floor(count * share)))
      const found = likelihood(of)
      return found >= 0 && found <= 1 && likelihood(Math.min(1, of * 1.0001)) >= found - 1e-12
    }),
  )
})
