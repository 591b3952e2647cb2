import fc from 'fast-check'
import t from 'tap'
import { confusionMatrix } from '../src/index.ts'
import { anyText } from './arbitrary.ts'
import { all, readXml, texts } from './xml.ts'

const draw = (classes: string[], matrix: ArrayLike<number>) =>
  readXml(confusionMatrix({ classes, matrix, title: 'Test' }))
const diagonal = (size: number, count: number) =>
  Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? count : 0))
const names = (size: number) => Array.from({ length: size }, (_, index) => `class ${index}`)

t.test('rows are actual, columns predicted; counts, shares, recall and precision', async (t) => {
  const svg = draw(['no', 'yes'], Uint32Array.of(8, 2, 0, 10))
  t.strictSame(texts(svg, 'text', 'count'), ['8', '2', '10'])
  t.strictSame(texts(svg, 'text', 'small'), ['80%', '20%', '100%'])
  t.strictSame(texts(svg, 'text', 'muted'), [
    '20 rows, 90% correct',
    'Predicted',
    'Actual',
    'Recall',
    '80%',
    '100%',
    'Precision',
    '100%',
    '83.3%',
  ])
  t.strictSame(texts(svg, 'title').slice(1), [
    'no predicted as no: 8 rows, 80%',
    'no predicted as yes: 2 rows, 20%',
    'yes predicted as yes: 10 rows, 100%',
  ])
})

t.test('the description tells the share that is right and the most frequent mistake', async (t) => {
  t.strictSame(texts(draw(['no', 'yes'], [8, 2, 0, 10]), 'desc'), [
    '90% of 20 rows of 2 classes are predicted correctly. The most frequent mistake: no predicted as yes, 2 of 10 rows.',
  ])
  t.strictSame(texts(draw(['a', 'b'], [1, 0, 0, 1]), 'desc'), ['100% of 2 rows of 2 classes are predicted correctly.'])
})

t.test('right and wrong have their colours, nothing has none', async (t) => {
  const svg = draw(['no', 'yes'], [8, 2, 0, 10])
  t.equal(all(svg, 'rect', 'f0').length, 2)
  t.equal(all(svg, 'rect', 'f1').length, 1)
  t.equal(all(svg, 'rect', 'empty').length, 1)
})

t.test('a class without rows has no recall', async (t) => {
  const svg = draw(['a', 'b'], [3, 1, 0, 0])
  t.match(texts(svg, 'text', 'muted'), ['4 rows, 75% correct', 'Predicted', 'Actual', 'Recall', '75%', 'n/a'])
})

t.test('nothing and one class', async (t) => {
  t.match(texts(draw([], []), 'text'), ['Test', 'No data'])
  t.match(texts(draw(['a', 'b'], [0, 0, 0, 0]), 'text'), ['Test', 'No data'])
  t.strictSame(texts(draw(['a'], [5]), 'text', 'count'), ['5'])
})

t.test('labels of narrow columns stand upright, counts shrink and then give way to the shade', async (t) => {
  t.equal(all(draw(names(3), diagonal(3, 5)), 'text').filter(turned).length, 1, 'only "Actual"')
  const letters = draw(names(26), diagonal(26, 123))
  t.equal(all(letters, 'text').filter(turned).length, 27)
  t.equal(texts(letters, 'text', 'small').filter((text) => text === '123').length, 26)
  const many = draw(names(50), diagonal(50, 123))
  t.equal(texts(many, 'text').filter((text) => text === '123').length, 0)
  t.equal(texts(draw(names(20), diagonal(20, 123_456)), 'text').filter((text) => text === '123k').length, 20)
})

t.test('of more than sixty classes the smallest are shown as one', async (t) => {
  const size = 100
  const matrix = diagonal(size, 0)
  for (let index = 0; index < size; index++) matrix[index * (size + 1)] = index + 1
  matrix[1] = 1
  const svg = draw(names(size), matrix)
  const labels = texts(svg, 'text')
  t.ok(labels.includes('41 others') && labels.includes('class 41') && !labels.includes('class 40'))
  t.match(labels[1], '5,051 rows, 99.9% correct; 59 of 100 classes by name')
})

t.test('any classes and counts give a document whose places are finite', async () => {
  const any = fc.array(anyText, { maxLength: 8 }).chain((classes) =>
    fc.tuple(
      fc.constant(classes),
      fc.array(fc.oneof(fc.nat(20), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true, max: 1e200 })), {
        minLength: classes.length ** 2,
        maxLength: classes.length ** 2,
      }),
    ),
  )
  fc.assert(
    fc.property(any, ([classes, matrix]) => {
      const document = confusionMatrix({ classes, matrix, title: 'any' })
      readXml(document)
      return !/="[^"]*(NaN|Infinity|undefined)[^"]*"/.test(document)
    }),
  )
})

function turned({ attributes }: { attributes: Readonly<Record<string, string>> }): boolean {
  return 'transform' in attributes
}

t.test('on a page it has the width that it is told, while cells have room', async (t) => {
  for (const width of [280, 400, 900]) {
    const svg = readXml(
      confusionMatrix({
        classes: ['setosa', 'versicolor', 'virginica'],
        matrix: [10, 0, 0, 0, 9, 1, 0, 1, 9],
        title: 'x',
        width,
        within: 'page',
      }),
    )
    t.ok(Number(svg.attributes.width) <= width, `${svg.attributes.width} of ${width}`)
  }
})
