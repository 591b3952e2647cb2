import fc from 'fast-check'
import t from 'tap'
import { bars } from '../src/index.ts'
import { anyText } from './arbitrary.ts'
import { all, readXml, texts } from './xml.ts'

const draw = (labels: string[], values: ArrayLike<number>) =>
  readXml(bars({ labels, values, title: 'Importances', valueLabel: 'share' }))

t.test('a bar a label, with its value beside it and its name on it', async (t) => {
  const svg = draw(['petal_length', 'sepal_width'], Float64Array.of(0.75, 0.25))
  t.strictSame(texts(svg, 'text', 'strong'), ['0.750', '0.250'])
  t.strictSame(texts(svg, 'path', 'f0').length, 2)
  t.strictSame(texts(svg, 'title'), ['Importances', 'petal_length: 0.75', 'sepal_width: 0.25'])
  t.strictSame(texts(svg, 'desc'), ['2 bars of share: petal_length 0.75, sepal_width 0.25.'])
})

t.test('negative bars go the other way in another colour', async (t) => {
  const svg = draw(['up', 'down'], [10, -20])
  t.equal(all(svg, 'path', 'f0').length, 1)
  t.equal(all(svg, 'path', 'f1').length, 1)
  const [up, down] = all(svg, 'text', 'strong')
  t.equal(up.attributes['text-anchor'], undefined)
  t.equal(down.attributes['text-anchor'], 'end')
  t.ok(Number(down.attributes.x) < Number(up.attributes.x))
})

t.test('what is not a number has no bar and says n/a', async (t) => {
  const svg = draw(['a', 'b', 'c'], [1, Number.NaN, Number.POSITIVE_INFINITY])
  t.equal(all(svg, 'path').length, 1)
  t.equal(texts(svg, 'text', 'muted').filter((text) => text === 'n/a').length, 2)
})

t.test('nothing, one bar, only zeros', async (t) => {
  t.match(texts(draw([], []), 'text'), ['Importances', 'No data'])
  t.equal(all(draw(['only'], [3]), 'path').length, 1)
  t.equal(all(draw(['a', 'b'], [0, 0]), 'path').length, 0)
})

t.test('of many bars the forty greatest are shown in their order', async (t) => {
  const values = Array.from({ length: 100 }, (_, index) => (index % 2 ? -index : 0.5))
  const svg = draw(
    values.map((_, index) => `f${index}`),
    values,
  )
  const shown = texts(svg, 'title').slice(1)
  t.equal(shown.length, 40)
  t.equal(shown[0], 'f21: −21')
  t.equal(shown[39], 'f99: −99')
  t.strictSame(texts(svg, 'text').slice(0, 2), ['Importances', 'The 40 largest of 100'])
})

t.test('labels and values must be as many', async (t) => {
  t.throws(() => draw(['a'], [1, 2]), { code: 'CHARTS_ERR_SHAPE', message: 'There are 2 values for 1 bars.' })
})

t.test('any labels and numbers give a document whose places are finite', async () => {
  const any = fc.array(fc.tuple(anyText, fc.double()), { maxLength: 12 })
  fc.assert(
    fc.property(any, anyText, (list, title) => {
      const labels = list.map(([label]) => label)
      const values = list.map(([, value]) => value)
      const document = bars({ labels, values, title, valueLabel: title })
      readXml(document)
      return !/="[^"]*(NaN|Infinity|undefined)[^"]*"/.test(document)
    }),
  )
})

t.test('on a page it is as wide as it is told and stays within', async (t) => {
  const labels = ['a rather long name of a feature', 'b']
  const svg = readXml(bars({ labels, values: [0.7, 0.3], title: 'x', valueLabel: 'share', width: 300, within: 'page' }))
  t.equal(svg.attributes.width, '300')
  t.match(texts(svg, 'text')[0], /^a rather.*…$/, 'labels take a third of it at most')
})
