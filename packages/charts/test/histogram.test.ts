import fc from 'fast-check'
import t from 'tap'
import { rangeText } from '../src/histogram.ts'
import { histogram } from '../src/index.ts'
import { anyText } from './arbitrary.ts'
import { all, readXml, texts } from './xml.ts'

const { NEGATIVE_INFINITY: LOW, POSITIVE_INFINITY: HIGH } = Number

const draw = (edges: number[], reference: number[], current: number[], width = 640) =>
  readXml(histogram({ edges, reference, current, title: 'x', valueLabel: 'cm', width, within: 'page' }))

t.test('a column a bin, and one line over all of them', async (t) => {
  const svg = draw([LOW, 1, HIGH], [0.5, 0.5], [0.2, 0.8])
  t.equal(all(svg, 'rect', 'f0').length, 3, 'one is the key of the legend')
  t.equal(all(svg, 'path', 'line').length, 2)
  t.strictSame(texts(svg, 'title'), ['x', '≤ 1: reference 50%, current 20%', '> 1: reference 50%, current 80%'])
  t.strictSame(texts(svg, 'desc'), ['Share of rows by cm, reference to current: ≤ 1 50% to 20%, > 1 50% to 80%.'])
})

t.test('a column is as high as its share', async (t) => {
  const [, low, high] = all(draw([LOW, 1, HIGH], [0.5, 0.5], [0.2, 0.8]), 'rect', 'f0')
  t.ok(Math.abs(Number(high.attributes.height) / Number(low.attributes.height) - 4) < 0.01)
})

t.test('labels of edges do not touch, however narrow the chart', async (t) => {
  const edges = Array.from({ length: 41 }, (_, index) => 10_000 + index)
  const shares = edges.slice(1).map(() => 1 / 40)
  const wide = texts(draw(edges, shares, shares, 1000), 'text').length
  const narrow = texts(draw(edges, shares, shares, 240), 'text').length
  t.ok(narrow < wide)
})

t.test('the range of a bin in words', async (t) => {
  t.equal(rangeText(LOW, 1.5), '≤ 1.5')
  t.equal(rangeText(1.5, 3), '1.5 – 3')
  t.equal(rangeText(3, HIGH), '> 3')
  t.equal(rangeText(LOW, HIGH), 'all')
})

t.test('nothing, zeros and what is no number are drawn', async (t) => {
  t.strictSame(texts(draw([], [], []), 'text'), ['No data'])
  t.equal(all(draw([LOW, HIGH], [0], [Number.NaN]), 'rect', 'f0').length, 2)
  t.throws(() => draw([LOW, HIGH], [1], []), { code: 'CHARTS_ERR_SHAPE' })
  t.throws(() => draw([LOW], [1], [1]), { code: 'CHARTS_ERR_SHAPE' })
})

t.test('any texts and numbers make a document', async () => {
  const bin = fc.tuple(fc.double(), fc.double(), fc.double())
  fc.assert(
    fc.property(anyText, fc.array(bin, { maxLength: 50 }), fc.integer({ min: 0, max: 2000 }), (title, bins, width) => {
      readXml(
        histogram({
          edges: [...bins.map(([edge]) => edge), ...(bins.length > 0 ? [1] : [])],
          reference: bins.map(([, share]) => share),
          current: bins.map(([, , share]) => share),
          title,
          valueLabel: title,
          width,
        }),
      )
    }),
  )
})
