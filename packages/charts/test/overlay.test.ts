import fc from 'fast-check'
import t from 'tap'
import { overlay } from '../src/index.ts'
import { anyText } from './arbitrary.ts'
import { all, readXml, texts } from './xml.ts'

const draw = (labels: string[], reference: number[], current: number[]) =>
  readXml(overlay({ labels, reference, current, title: 'x', valueLabel: 'share' }))

t.test('a bar and a line a bin, and both in the legend', async (t) => {
  const svg = draw(['a', 'b'], [0.5, 0.5], [0.2, 0.8])
  t.equal(all(svg, 'rect', 'f0').length, 3)
  t.equal(all(svg, 'path', 'line').length, 3)
  t.strictSame(texts(svg, 'title'), ['x', 'a: reference 0.5, current 0.2', 'b: reference 0.5, current 0.8'])
  t.strictSame(texts(svg, 'desc'), ['share, reference to current: a 0.5 to 0.2, b 0.5 to 0.8.'])
})

t.test('a bar is as long as its share, and the line where the reference is', async (t) => {
  const [, short, long] = all(draw(['a', 'b'], [0.5, 0.5], [0.2, 0.8]), 'rect', 'f0')
  t.ok(Math.abs(Number(long.attributes.width) / Number(short.attributes.width) - 4) < 0.01)
})

t.test('nothing, zeros and what is no number are drawn', async (t) => {
  t.match(texts(draw([], [], []), 'text'), ['x', 'No data'])
  t.equal(all(draw(['a'], [0], [Number.NaN]), 'path', 'line').length, 2)
  t.throws(() => draw(['a'], [1], []), { code: 'CHARTS_ERR_SHAPE' })
})

t.test('any texts and shares make a document', async () => {
  const bin = fc.tuple(anyText, fc.double(), fc.double())
  fc.assert(
    fc.property(fc.array(bin, { maxLength: 70 }), (bins) => {
      draw(
        bins.map(([label]) => label),
        bins.map(([, share]) => share),
        bins.map(([, , share]) => share),
      )
    }),
  )
})
