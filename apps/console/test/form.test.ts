import t from 'tap'
import type { Feature, Signature } from '../src/answers.ts'
import { byImportance, featureOf, firstTexts, readField, readRow, textsOf } from '../src/form.ts'

const NUMBER: Feature = { name: 'carat', type: 'number', missing: false, min: 0.2, max: 5 }
const CATEGORY: Feature = { name: 'cut', type: 'category', missing: true, levels: ['Fair', '2'] }

t.test('a number is read, and what is worth knowing of it said', async (t) => {
  t.strictSame(readField(NUMBER, '1.5'), { cell: 1.5 })
  t.strictSame(readField(NUMBER, ' -1e1 '), { cell: -10, note: 'outside of training, 0.2 to 5' })
  t.match(readField(NUMBER, 'x'), { problem: 'A number is needed.' })
  t.match(readField(NUMBER, '1e39'), { problem: 'The number is too large.' })
  t.match(readField(NUMBER, 'Infinity'), { problem: 'The number is too large.' })
})

t.test('nothing is a missing value where there may be one', async (t) => {
  t.match(readField(NUMBER, ''), { problem: /none missing/ })
  t.match(readField({ ...NUMBER, missing: true }, ' '), { cell: null })
  t.match(readField(CATEGORY, null), { cell: null })
  t.match(readField({ ...CATEGORY, missing: false }, null), { problem: /none missing/ })
})

t.test('a category is its text, also when it looks like a number or is not known', async (t) => {
  t.strictSame(readField(CATEGORY, '2'), { cell: '2' })
  t.match(readField(CATEGORY, 'Superb'), { cell: 'Superb', note: /not a level/ })
  t.match(readField(CATEGORY, ''), { cell: '', note: /not a level/ })
})

t.test('a row is there when no field has a problem', async (t) => {
  t.strictSame(readRow([NUMBER, CATEGORY], ['1.5', null]), [1.5, null])
  t.equal(readRow([NUMBER, CATEGORY], ['', null]), undefined)
})

t.test('the form begins with an example, or in the middle of training', async (t) => {
  const features = [NUMBER, CATEGORY, { ...NUMBER, min: null, max: null }]
  const signature: Signature = { features, target: { name: 'price', type: 'number' } }
  t.strictSame(firstTexts(signature, { features: [0.25, null, 3], answer: 1, confidence: null }), ['0.25', null, '3'])
  t.strictSame(firstTexts(signature, undefined), ['2.6', 'Fair', ''])
  t.strictSame(textsOf(features, [null, '2', null]), ['', '2', ''])
})

t.test('the most important come first, equals in their order', async (t) => {
  t.strictSame(byImportance([NUMBER, CATEGORY, NUMBER], [0.1, 0.8, 0.1]), [1, 0, 2])
  t.strictSame(byImportance([NUMBER, CATEGORY], []), [0, 1])
})

t.test('a refusal names the feature by its place', async (t) => {
  t.equal(featureOf('/features/2'), 2)
  t.equal(featureOf('/rows/0/12'), 12)
  t.equal(featureOf('/features'), undefined)
  t.equal(featureOf(undefined), undefined)
})
