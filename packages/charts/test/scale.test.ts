import fc from 'fast-check'
import t from 'tap'
import { drawable, extent, scale } from '../src/scale.ts'

const pixels = { from: 0, to: 100, ticks: 5 }

t.test('ticks are multiples of 1, 2 or 5 and enclose the range', async (t) => {
  t.strictSame(scale(0, 0.4412, pixels).ticks, [0, 0.1, 0.2, 0.3, 0.4, 0.5])
  t.strictSame(scale(-3, 17, pixels).ticks, [-5, 0, 5, 10, 15, 20])
  t.strictSame(scale(1, 100, pixels).ticks, [0, 20, 40, 60, 80, 100])
  t.strictSame(scale(0, 3e6, pixels).ticks, [0, 1e6, 2e6, 3e6])
})

t.test('the ends of the scale are the ends in pixels', async (t) => {
  const { at } = scale(0, 10, { from: 300, to: 100, ticks: 5 })
  t.strictSame([at(0), at(5), at(10)], [300, 200, 100])
})

t.test('one value has room on both sides', async (t) => {
  t.strictSame(scale(0, 0, pixels).ticks[0], 0)
  const { ticks, at } = scale(0.95, 0.95, pixels)
  t.ok(ticks[0] < 0.95 && ticks[ticks.length - 1] > 0.95)
  t.ok(at(0.95) > 20 && at(0.95) < 80)
})

t.test('whole ticks stay whole', async (t) => {
  t.strictSame(scale(1, 3, { ...pixels, whole: true }).ticks, [1, 2, 3])
})

t.test('any range gives some ascending ticks around it', async () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map(drawable).filter(Number.isFinite)
  fc.assert(
    fc.property(value, value, fc.boolean(), (a, b, whole) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const { ticks, at } = scale(low, high, { ...pixels, whole: whole && Number.isInteger(a) && Number.isInteger(b) })
      const slack = 1e-6 * (ticks[1] - ticks[0])
      return (
        ticks.length >= 2 &&
        ticks.length <= 12 &&
        ticks.every((tick, index) => Number.isFinite(tick) && (index === 0 || tick > ticks[index - 1])) &&
        ticks[0] <= low + slack &&
        ticks[ticks.length - 1] >= high - slack &&
        at(low) >= -1e-4 &&
        at(high) <= 100 + 1e-4
      )
    }),
    { numRuns: 1000 },
  )
})

t.test('what cannot be placed is NaN', async (t) => {
  t.strictSame([1, -2, 1e300, Number.NEGATIVE_INFINITY, Number.NaN, 1e-310].map(drawable), [
    1,
    -2,
    Number.NaN,
    Number.NaN,
    Number.NaN,
    0,
  ])
  t.strictSame(extent([Number.NaN, 3, -1, Number.POSITIVE_INFINITY]), [-1, 3])
  t.equal(extent([Number.NaN]), undefined)
})
