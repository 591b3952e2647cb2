import { Dataset, iris, kFold } from '@copse/dataset'
import fc from 'fast-check'
import t from 'tap'

const answers = fc.array(fc.constantFrom('a', 'b', 'c', 'd')).map((some) => ['a', 'b', ...some])

function spread(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts)
}

t.test('iris: five folds of ten a species', async (t) => {
  const dataset = iris()
  const folds = kFold(dataset)
  t.equal(folds.length, 5)
  for (const { train, test } of folds) {
    t.equal(train.length, 120)
    t.same(
      [0, 1, 2].map((k) => test.filter((row) => dataset.target[row] === k).length),
      [10, 10, 10],
    )
  }
})

t.test('every row is tested once, and trained on by the other folds', async (t) => {
  fc.assert(
    fc.property(answers, fc.integer({ min: 2, max: 10 }), fc.maxSafeNat(), (answers, wanted, seed) => {
      const dataset = Dataset.fromRows(
        answers.map((answer, i) => [i, answer]),
        { target: 'y' },
      )
      const partitions = kFold(dataset, { folds: Math.min(wanted, answers.length), seed })
      t.same(
        partitions.flatMap(({ test }) => [...test]).sort((a, b) => a - b),
        [...answers.keys()],
      )
      for (const { train, test } of partitions) {
        t.same(
          [...train, ...test].sort((a, b) => a - b),
          [...answers.keys()],
        )
      }
      t.ok(spread(partitions.map(({ test }) => test.length)) <= 1, 'folds are as large as each other')
      for (const k of [0, 1, 2, 3]) {
        t.ok(spread(partitions.map(({ test }) => test.filter((row) => dataset.target[row] === k).length)) <= 1)
      }
    }),
  )
})

t.test('a class with fewer rows than folds', async (t) => {
  const dataset = Dataset.fromRows(
    [...'aaaaaaaab'].map((answer, i) => [i, answer]),
    { target: 'y' },
  )
  const tested = kFold(dataset, { folds: 3 }).map(({ test }) => test.filter((row) => dataset.target[row] === 1).length)
  t.same(tested.toSorted(), [0, 0, 1])
})

t.test('a number target', async (t) => {
  const dataset = Dataset.fromRows(
    Array.from({ length: 10 }, (_, i) => [i, i / 7]),
    { target: 'y' },
  )
  t.same(
    kFold(dataset, { folds: 4 }).map(({ test }) => test.length),
    [3, 3, 2, 2],
  )
})

t.test('the seed decides', async (t) => {
  t.same(kFold(iris(), { seed: 5 }), kFold(iris(), { seed: 5 }))
  t.notSame(kFold(iris(), { seed: 5 }), kFold(iris(), { seed: 6 }))
})

t.test('options out of range', async (t) => {
  const code = 'DATASET_ERR_OPTION'
  for (const folds of [1, 151, 2.5, Number.NaN]) t.throws(() => kFold(iris(), { folds }), { code })
  t.throws(() => kFold(iris(), { seed: -1 }), { code })
  t.equal(kFold(iris(), { folds: 150 }).length, 150)
})
