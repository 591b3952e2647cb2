import { iris, type Signature } from '@copse/dataset'
import t from 'tap'
import { samplesFrom, samplesOf } from '../src/samples.ts'

t.test('Iris gives two flowers of each species', async (t) => {
  const samples = samplesOf(iris())
  t.strictSame(
    samples.map(({ truth }) => truth),
    ['setosa', 'setosa', 'versicolor', 'versicolor', 'virginica', 'virginica'],
  )
  t.ok(samples.every(({ values }) => values.length === 4 && values.every((value) => typeof value === 'number')))
})

t.test('any other model gives six rows within its ranges', async (t) => {
  const signature: Signature = {
    features: [
      { name: 'carat', type: 'number', missing: false, min: 0.2, max: 1.2 },
      { name: 'rooms', type: 'number', missing: false, min: 1, max: 4 },
      { name: 'cut', type: 'category', missing: false, levels: ['Fair', 'Good'] },
      { name: 'never', type: 'number', missing: true, min: null, max: null },
      { name: 'empty', type: 'category', missing: true, levels: [] },
    ],
    target: { name: 'price', type: 'number' },
  }
  t.strictSame(
    samplesFrom(signature).map(({ values }) => values),
    [
      [0.2, 1, 'Fair', null, null],
      [0.4, 2, 'Good', null, null],
      [0.6, 2, 'Fair', null, null],
      [0.8, 3, 'Good', null, null],
      [1, 3, 'Fair', null, null],
      [1.2, 4, 'Good', null, null],
    ],
  )
})
