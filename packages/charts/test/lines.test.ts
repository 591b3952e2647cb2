import fc from 'fast-check'
import t from 'tap'
import { lines, type Series } from '../src/index.ts'
import { anyText } from './arbitrary.ts'
import { all, readXml, texts } from './xml.ts'

const draw = (...series: Series[]) =>
  readXml(lines({ series, title: 'Error', xLabel: 'trees', yLabel: '1 − accuracy' }))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

t.test('a line joins its points between labelled axes', async (t) => {
  const svg = draw({ name: 'gini', x: upTo(101), y: upTo(101).map((x) => x / 100) })
  t.equal(all(svg, 'path', 'line').length, 1)
  t.strictSame(texts(svg, 'text'), [
    'Error',
    '1 − accuracy',
    ...['0', '0.2', '0.4', '0.6', '0.8', '1.0'],
    ...['0', '20', '40', '60', '80', '100'],
    'trees',
  ])
  t.strictSame(texts(svg, 'desc'), ['1 − accuracy by trees. gini: 0 at 0 to 1 at 100.'])
})

t.test('several lines have a legend, one has none', async (t) => {
  const svg = draw({ name: 'gini', x: [1, 2], y: [1, 2] }, { name: 'entropy', x: [1, 2], y: [2, 1] })
  t.strictSame(texts(svg, 'text').slice(0, 3), ['Error', 'gini', 'entropy'])
  t.equal(all(svg, 'path', 's0').length, 2)
  t.equal(all(svg, 'path', 's1').length, 2)
})

t.test('few points are marked, many are not', async (t) => {
  t.equal(all(draw({ name: 'a', x: upTo(16), y: upTo(16) }), 'circle').length, 16)
  t.equal(all(draw({ name: 'a', x: upTo(17), y: upTo(17) }), 'circle').length, 0)
})

t.test('a gap breaks the line, and a point between gaps is marked', async (t) => {
  const y = upTo(40).map((x) => (x === 10 || x === 12 ? Number.NaN : x))
  const svg = draw({ name: 'a', x: upTo(40), y })
  t.equal(all(svg, 'path', 'line')[0].attributes.d.match(/M/g)?.length, 3)
  t.equal(all(svg, 'circle').length, 1)
})

t.test('nothing, one point, one value', async (t) => {
  t.match(texts(draw(), 'text'), ['Error', 'No data'])
  t.match(texts(draw({ name: 'a', x: [1], y: [Number.NaN] }), 'text'), ['Error', 'No data'])
  const one = draw({ name: 'a', x: [3], y: [0.95] })
  t.equal(all(one, 'circle').length, 1)
  t.strictSame(texts(one, 'desc'), ['1 − accuracy by trees. a: 0.95 at 3.'])
  t.equal(all(draw({ name: 'a', x: upTo(3), y: [5, 5, 5] }), 'circle').length, 3)
})

t.test('a series without data is named as such', async (t) => {
  const svg = draw({ name: 'a', x: [1, 2], y: [1, 2] }, { name: 'b', x: [], y: [] })
  t.match(texts(svg, 'desc')[0], /b has no data\.$/)
})

t.test('a long series keeps its extremes and grows no file', async (t) => {
  const y = upTo(100_000).map((x) => (x === 54_321 ? 1000 : x % 7))
  const svg = draw({ name: 'noise', x: upTo(100_000), y })
  const path = all(svg, 'path', 'line')[0].attributes.d
  t.ok(path.length < 100_000, `${path.length} characters`)
  t.ok(/[ML]\S+ 82(?=L)/.test(path), 'the spike reaches the top')
})

t.test('gaps of a long series stay gaps', async (t) => {
  const y = upTo(10_000).map((x) => (x >= 4000 && x < 6000 ? Number.NaN : 1))
  t.equal(all(draw({ name: 'a', x: upTo(10_000), y }), 'path', 'line')[0].attributes.d.match(/M/g)?.length, 2)
})

t.test('twenty-four series are drawn, and the rest is told', async (t) => {
  const series = upTo(30).map((index) => ({ name: `s${index}`, x: [0, 1], y: [index, index] }))
  const svg = draw(...series)
  t.equal(all(svg, 'path', 'line').length, 48)
  t.match(texts(svg, 'desc')[0], /The first 24 of 30 series are shown\.$/)
})

t.test('x and y must be as many', async (t) => {
  t.throws(() => draw({ name: 'a', x: [1], y: [] }), {
    code: 'CHARTS_ERR_SHAPE',
    message: 'Series "a" has 0 y for 1 x.',
  })
})

t.test('any names and numbers give a document whose places are finite', async () => {
  const point = fc.tuple(fc.double(), fc.double())
  const any = fc.array(fc.tuple(anyText, fc.array(point, { maxLength: 20 })), { maxLength: 5 })
  fc.assert(
    fc.property(any, (list) => {
      const series = list.map(([name, points]) => ({ name, x: points.map(([x]) => x), y: points.map(([, y]) => y) }))
      const document = lines({ series, title: 'any', xLabel: 'x', yLabel: 'y' })
      readXml(document)
      return !/="[^"]*(NaN|Infinity|undefined)[^"]*"/.test(document)
    }),
  )
})

t.test('the axis holds what it is told to', async (t) => {
  const series = [{ name: 'a', x: [1, 2], y: [0.8, 0.9] }]
  const options = { series, title: 'x', xLabel: 'hours', yLabel: 'accuracy' }
  t.notOk(texts(readXml(lines(options)), 'text').includes('0'))
  t.ok(texts(readXml(lines({ ...options, yHolds: [0, 1] })), 'text').includes('0'))
  t.ok(texts(readXml(lines({ ...options, xHolds: [-10, 0] })), 'text').includes('−10'))
  t.match(texts(readXml(lines({ ...options, series: [], yHolds: [0] })), 'text'), ['x', 'No data'])
})

t.test('a mark stands where it is on the axis, and only there', async (t) => {
  const series = [{ name: 'a', x: [0, 10], y: [1, 2] }]
  const marks = (xMark: number) =>
    all(readXml(lines({ series, title: 'x', xLabel: 'x', yLabel: 'y', xMark })), 'path', 'ink').length
  t.equal(marks(5), 1)
  t.equal(marks(11), 0)
  t.equal(marks(Number.NaN), 0)
})
