import t from 'tap'
import { horizontalAxis, verticalAxis } from '../src/axis.ts'
import { widest } from '../src/frame.ts'

t.test('a vertical axis labels its ticks', async (t) => {
  t.strictSame(verticalAxis(0, 1, { from: 240, to: 0, ticks: 5 }).labels, ['0', '0.2', '0.4', '0.6', '0.8', '1.0'])
})

t.test('a horizontal axis drops ticks until the labels have room', async (t) => {
  const wide = horizontalAxis(-40_000, 20_000, { from: 0, to: 600, ticks: 6 })
  const narrow = horizontalAxis(-40_000, 20_000, { from: 0, to: 220, ticks: 6 })
  t.strictSame(wide.labels, ['−40,000', '−30,000', '−20,000', '−10,000', '0', '10,000', '20,000'])
  t.strictSame(narrow.labels, ['−40,000', '−20,000', '0', '20,000'])
  t.ok(narrow.at(narrow.ticks[1]) - narrow.at(narrow.ticks[0]) > widest(narrow.labels, 12))
  t.ok(horizontalAxis(0, 123_456, { from: 0, to: 1, ticks: 6 }).ticks.length >= 2)
})
