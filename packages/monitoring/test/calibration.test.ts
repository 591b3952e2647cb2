import { readFileSync } from 'node:fs'
import t from 'tap'
import { classCalibration, numberCalibration } from '../src/calibration.ts'

const nan = Number.NaN

t.test('classes: rows, right answers and mean confidence a bin', async (t) => {
  const probabilities = Float64Array.of(0.97, 0.03, 0.04, 0.96, 0.5, 0.5, nan, nan)
  const { rows, counts, correct, confidence } = classCalibration(probabilities, [0, 0, 0, 1], 2)
  t.equal(rows, 3)
  t.strictSame([counts[19], correct[19], confidence[19]], [2, 1, (0.97 + 0.96) / 2])
  t.strictSame([counts[9], correct[9], confidence[9]], [1, 1, 0.5])
  t.strictSame([counts[0], correct[0], confidence[0]], [0, 0, null])
})

t.test('a mean confidence stays within its bin', async (t) => {
  const rows = 1000
  const probabilities = Float64Array.from({ length: rows * 2 }, (_, index) => (index % 2 === 0 ? 0.55 : 0.45))
  const { confidence } = classCalibration(probabilities, new Array(rows).fill(0), 2)
  t.ok(confidence[10]! <= 0.55)
})

t.test("values: the mean residual and numpy's quantiles", async (t) => {
  const fixture = new URL('./fixtures/moments.json', import.meta.url)
  const cases: Case[] = JSON.parse(readFileSync(fixture, 'utf8'))
  for (const { name, values, mean, shares, quantiles } of cases) {
    const found = numberCalibration(new Float64Array(values.length), values)
    t.strictSame(found.shares, shares)
    t.ok(Math.abs(found.mean - mean) <= 1e-9 * Math.max(1, Math.abs(mean)), `mean of ${name}`)
    t.ok(
      found.residuals.every((residual, i) => Math.abs(residual - quantiles[i]) <= 1e-9 * Math.max(1, Math.abs(mean))),
      `quantiles of ${name}`,
    )
  }
})

t.test('values: a residual is actual less answered, an unanswered row is left out', async (t) => {
  const { rows, mean, residuals } = numberCalibration(Float64Array.of(10, nan, 10), [13, 99, 13])
  t.equal(rows, 2)
  t.equal(mean, 3)
  t.ok(residuals.every((residual) => residual === 3))
})

t.test('what does not fit is refused', async (t) => {
  t.throws(() => classCalibration(Float64Array.of(1, 0), [0, 1], 2), { code: 'MONITORING_ERR_PREDICTIONS' })
  for (const odd of [-1, 2, 0.5, nan]) {
    t.throws(() => classCalibration(Float64Array.of(1, 0), [odd], 2), { code: 'MONITORING_ERR_VALUE' })
  }
  t.throws(() => numberCalibration(Float64Array.of(1), [1, 2]), { code: 'MONITORING_ERR_PREDICTIONS' })
  t.throws(() => numberCalibration(Float64Array.of(nan), [1]), { code: 'MONITORING_ERR_PREDICTIONS' })
  t.throws(() => numberCalibration(Float64Array.of(1), [nan]), { code: 'MONITORING_ERR_VALUE' })
})

interface Case {
  name: string
  values: number[]
  mean: number
  shares: number[]
  quantiles: number[]
}
