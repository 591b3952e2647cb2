import t from 'tap'
import { train } from '../src/index.ts'
import { randomNumbers } from './tables.ts'
import { column, fixtureTable, irisTraining, score, select, tableOf } from './training-tables.ts'

t.test('iris: the 10-fold accuracy of 100 trees is that of scikit-learn', async (t) => {
  const table = irisTraining()
  let right = 0
  for (let fold = 0; fold < 10; fold++) {
    const test = Array.from({ length: 150 }, (_, row) => row).filter((row) => row % 10 === fold)
    const rest = Array.from({ length: 150 }, (_, row) => row).filter((row) => row % 10 !== fold)
    const forest = await train(select(table, rest), { seed: fold })
    right += score(forest, select(table, test)) * test.length
  }
  t.ok(right / 150 >= 0.933 && right / 150 <= 0.967, `${right / 150}`)
})

t.test('the smallest and the widest tables', async (t) => {
  const one = await train(tableOf([[1, 2]], [1], { classes: 2 }), { nEstimators: 3, oobScore: true })
  t.same(one.predict([[5, 5]]), ['c1'])
  t.equal(one.nodeCount, 3)
  t.equal(one.summary.score, undefined)
  t.match(one.summary.warnings, [/1 of 1 rows/])
  const two = await train(tableOf([[1], [2]], [3, 5]), { nEstimators: 3, bootstrap: false })
  t.same(two.predict([[1], [2]]), [3, 5])

  const random = randomNumbers(3)
  const wide = Array.from({ length: 30 }, () => Array.from({ length: 1000 }, () => random()))
  const forest = await train(
    tableOf(
      wide,
      wide.map((row) => Number(row[999] > 0.5)),
      { classes: 2 },
    ),
    { nEstimators: 3 },
  )
  t.equal(forest.summary.importances.length, 1000)

  const manyClasses = Array.from({ length: 1500 }, (_, i) => i % 500)
  const many = await train(tableOf(column(manyClasses), manyClasses, { classes: 500 }), {
    nEstimators: 3,
    bootstrap: false,
  })
  t.same(many.predict([[7], [499]]), ['c7', 'c499'])
})

t.test('constant, empty, doubled and one-class columns', async (t) => {
  const constant = await train(
    tableOf(
      [
        [1, null],
        [1, null],
        [1, null],
      ],
      [0, 1, 1],
      { classes: 2 },
    ),
    {
      nEstimators: 2,
      bootstrap: false,
    },
  )
  t.equal(constant.nodeCount, 2)
  t.same(Array.from(constant.predictProba([[1, null]])[0]), [1 / 3, 2 / 3])
  t.same(constant.summary.importances, [0, 0])
  const oneClass = await train(tableOf([[1], [2], [3]], [1, 1, 1], { classes: 2 }), { nEstimators: 2 })
  t.same(oneClass.predict([[9]]), ['c1'])
})

t.test('maxBins', async (t) => {
  const table = fixtureTable('two')
  const exact = await train(table, { nEstimators: 5 })
  const enough = await train(table, { nEstimators: 5, maxBins: 65_536 })
  t.same(enough.trees, exact.trees, 'as many bins as values cut exactly')
  const coarse = await train(table, { nEstimators: 5, maxBins: 4 })
  t.notSame(coarse.trees, exact.trees)
  t.ok(score(coarse, table) > 0.95)
})

t.test('names the columns that quantiles stand for', async (t) => {
  const random = randomNumbers(9)
  const rows = Array.from({ length: 66_000 }, (_, i) => [i % 65_536, i, random()])
  const table = tableOf(
    rows,
    rows.map(([, x]) => Math.floor(x / 1000) % 2),
    { classes: 2 },
  )
  const forest = await train(table, { nEstimators: 1, bootstrap: false, maxDepth: 3 })
  t.same(forest.summary.quantized, ['x1', 'x2'])
})

t.test('warns of whole numbers that float32 rounds', async (t) => {
  const forest = await train(
    tableOf(
      [
        [2 ** 24 + 2, 0.5],
        [3, 1],
      ],
      [1, 2],
    ),
    { nEstimators: 1 },
  )
  t.match(forest.summary.warnings, [/"x0".*2\^24/])
})
