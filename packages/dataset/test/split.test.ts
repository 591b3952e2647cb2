import { Dataset, iris, split } from '@copse/dataset'
import fc from 'fast-check'
import t from 'tap'

const countOf = (dataset: Dataset, rows: Uint32Array, k: number): number => {
  return rows.filter((row) => dataset.target[row] === k).length
}

function classTable(answers: readonly string[]): Dataset {
  return Dataset.fromRows(
    answers.map((answer, i) => [i, answer]),
    { target: 'y', task: 'classification' },
  )
}

const answers = fc.array(fc.constantFrom('a', 'b', 'c', 'd')).map((some) => ['a', 'b', ...some])
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })

t.test('iris: a fifth of each species', async (t) => {
  const { train, test } = split(iris())
  t.equal(train.length, 120)
  t.same(
    [0, 1, 2].map((k) => countOf(iris(), test, k)),
    [10, 10, 10],
  )
})

t.test('every row is on one side, in order, and neither side is empty', async (t) => {
  fc.assert(
    fc.property(answers, share, fc.maxSafeNat(), (answers, testShare, seed) => {
      const { train, test } = split(classTable(answers), { testShare, seed })
      t.same(
        [...train, ...test].sort((a, b) => a - b),
        [...answers.keys()],
      )
      t.same(train, train.toSorted())
      t.same(test, test.toSorted())
      t.ok(train.length > 0 && test.length > 0)
    }),
  )
})

t.test('each class has its share, rounded, and stays in train', async (t) => {
  fc.assert(
    fc.property(answers, share, (answers, testShare) => {
      const dataset = classTable(answers)
      const { test } = split(dataset, { testShare })
      const sizes = dataset.signature.target.type === 'class' ? [...dataset.signature.target.classes.keys()] : []
      const single = sizes.every((k) => dataset.target.filter((code) => code === k).length === 1)
      for (const k of sizes) {
        const all = dataset.target.filter((code) => code === k).length
        const tested = countOf(dataset, test, k)
        t.ok(Math.abs(tested - all * testShare) < 1, `${tested} of ${all} at ${testShare}`)
        t.ok(tested < all || single)
      }
    }),
  )
})

t.test('a number target is split as a whole', async (t) => {
  const dataset = Dataset.fromRows(
    Array.from({ length: 101 }, (_, i) => [i, i / 7]),
    { target: 'y' },
  )
  const { train, test } = split(dataset, { testShare: 0.25, seed: 3 })
  t.equal(test.length, 25)
  t.equal(train.length, 76)
})

t.test('the seed decides', async (t) => {
  t.same(split(iris(), { seed: 5 }), split(iris(), { seed: 5 }))
  t.notSame(split(iris(), { seed: 5 }), split(iris(), { seed: 6 }))
  t.same([...split(iris(), { testShare: 0.02 }).test], [43, 57, 146], 'and gives the same rows for good')
})

t.test('options out of range', async (t) => {
  const code = 'DATASET_ERR_OPTION'
  for (const testShare of [0, 1, -0.1, Number.NaN, '0.2' as never])
    t.throws(() => split(iris(), { testShare }), { code })
  for (const seed of [-1, 0.5, 2 ** 53, Number.NaN, '1' as never]) t.throws(() => split(iris(), { seed }), { code })
  t.throws(() => split(iris().select([0])), { code })
})
