import fc from 'fast-check'
import t from 'tap'
import { sliderOver } from '../src/slider.ts'

t.test('reaches both ends exactly, and short numbers between', async (t) => {
  const slider = sliderOver(4.3, 7.9)!
  t.equal(slider.valueAt(0), 4.3)
  t.equal(slider.valueAt(slider.last), 7.9)
  t.equal(slider.valueAt(1), 4.318)
  t.equal(slider.placeOf(4.3), 0)
  t.equal(slider.placeOf(100), slider.last)
  t.equal(slider.placeOf(-100), 0)
})

t.test('whole ends give whole numbers a place each', async (t) => {
  t.equal(sliderOver(18, 84)!.last, 66)
  const few = sliderOver(0, 7)!
  for (let value = 0; value <= 7; value++) t.equal(few.valueAt(few.placeOf(value)), value)
  t.equal(sliderOver(0, 1_000_000)!.last, 200)
})

t.test('there is nothing to slide over one value or none', async (t) => {
  for (const [min, max] of [
    [null, null],
    [1, 1],
    [2, 1],
    [-1.7e308, 1.7e308],
  ] as const) {
    t.equal(sliderOver(min, max), undefined)
  }
})

t.test('the smallest range of float32 has its places', async (t) => {
  const slider = sliderOver(0, 2 ** -149)
  t.equal(slider?.placeOf(slider.valueAt(1)), 1)
})

t.test('a place is where its value is, over any range of float32', async () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(float, float, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
      const slider = sliderOver(Math.min(a, b), Math.max(a, b))
      if (slider === undefined) return a === b
      const place = Math.round(share * slider.last)
      const value = slider.valueAt(place)
      return slider.placeOf(value) === place && value >= Math.min(a, b) && value <= Math.max(a, b)
    }),
  )
})
