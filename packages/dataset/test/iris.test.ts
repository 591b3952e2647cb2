import { iris } from '@copse/dataset'
import t from 'tap'

t.test('iris', async (t) => {
  const dataset = iris()
  t.equal(dataset.name, 'iris')
  t.equal(dataset.rows, 150)
  t.same(dataset.warnings, [])
  t.same(dataset.signature, {
    features: [
      { name: 'sepal_length', type: 'number', missing: false, min: 4.3, max: 7.9 },
      { name: 'sepal_width', type: 'number', missing: false, min: 2, max: 4.4 },
      { name: 'petal_length', type: 'number', missing: false, min: 1, max: 6.9 },
      { name: 'petal_width', type: 'number', missing: false, min: 0.1, max: 2.5 },
    ],
    target: { name: 'species', type: 'class', classes: ['setosa', 'versicolor', 'virginica'] },
  })
  t.same(
    [0, 1, 2].map((k) => dataset.target.filter((code) => code === k).length),
    [50, 50, 50],
  )
  t.same(dataset.row(0), [5.1, 3.5, 1.4, 0.2])
  t.same(dataset.row(149), [5.9, 3, 5.1, 1.8])
})

t.test('the two rows that copies of the table differ in are as in scikit-learn', async (t) => {
  t.same(iris().row(34), [4.9, 3.1, 1.5, 0.2])
  t.same(iris().row(37), [4.9, 3.6, 1.4, 0.1])
})

t.test('each call makes arrays of its own', async (t) => {
  t.not(iris().columns[0], iris().columns[0])
})
