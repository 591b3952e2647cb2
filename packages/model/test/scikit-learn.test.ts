import t from 'tap'
import { type Parameters, r2, type Table, train } from '../src/index.ts'
import { entropyOf, sevenSegments } from './seven-segments.ts'
import { randomNumbers } from './tables.ts'
import {
  column,
  fixtureTable,
  growAll,
  irisTraining,
  planOf,
  score,
  select,
  tableOf,
  treeForest,
  values,
} from './training-tables.ts'

// What scikit-learn 1.9.1 asks of its own forests: sklearn/ensemble/tests/test_forest.py, sklearn/tree/tests/test_tree.py.

t.test('toy', async (t) => {
  for (const parameters of [
    {},
    { maxFeatures: 1 },
    { splitter: 'random' as const },
    { criterion: 'entropy' as const },
  ]) {
    const forest = await train(toy(), { nEstimators: 10, seed: 1, ...parameters })
    t.same(
      forest.predict([
        [-1, -1],
        [2, 2],
        [3, 2],
      ]),
      ['-1', '1', '1'],
    )
    t.equal(forest.treeCount, 10)
  }
})

t.test('iris by criterion', async (t) => {
  for (const splitter of ['best', 'random'] as const) {
    for (const criterion of ['gini', 'entropy'] as const) {
      t.ok((await irisScore({ criterion, splitter })) > 0.9)
      t.ok((await irisScore({ criterion, splitter, maxFeatures: 2 })) > 0.5)
    }
  }
})

t.test('regression', async (t) => {
  const table = fixtureTable('regression')
  for (const splitter of ['best', 'random'] as const) {
    const bootstrap = splitter === 'best'
    const all = await train(table, { nEstimators: 5, seed: 1, splitter, bootstrap, maxFeatures: 'all' })
    t.ok(r2(table.target, values(all, table)) > 0.93)
    const six = await train(table, { nEstimators: 5, seed: 1, splitter, bootstrap, maxFeatures: 6 })
    t.ok(r2(table.target, values(six, table)) > 0.92)
  }
})

t.test('diabetes: a full tree has no error, a shallower one has more', async (t) => {
  const table = fixtureTable('diabetes')
  const loss = (maxDepth: number | null) => {
    const found = values(treeForest(table, { maxDepth }), table)
    return found.reduce((sum, value, row) => sum + (value - table.target[row]) ** 2, 0) / found.length
  }
  t.equal(loss(null), 0)
  t.ok(0 < loss(7) && loss(7) < loss(4) && loss(4) < loss(1))
})

t.test('the sum of the answers is the sum of the targets without bootstrap', async (t) => {
  const table = fixtureTable('diabetes')
  const forest = await train(table, { nEstimators: 10, bootstrap: false, minSamplesLeaf: 5 })
  const sum = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((a, b) => a + b, 0)
  t.ok(Math.abs(sum(values(forest, table)) / sum(table.target) - 1) < 1e-12)
})

t.test('importances find the informative features and do not depend on the scale of the weights', async (t) => {
  const table = fixtureTable('informative')
  for (const parameters of [{}, { criterion: 'entropy' as const }, { splitter: 'random' as const }]) {
    const importances = await importancesOf(table, parameters)
    t.same(
      importances.map((share) => share > 0.1),
      [true, true, true, false, false, false, false, false, false, false],
    )
    t.ok(Math.abs(importances.reduce((a, b) => a + b) - 1) < 1e-12)
  }
  const random = randomNumbers(1)
  const weights = Array.from({ length: table.rows }, () => 1 + Math.floor(random() * 9))
  const plain = await importancesOf({ ...table, weights: Float64Array.from(weights) }, {})
  for (const scale of [0.5, 100]) {
    const scaled = await importancesOf({ ...table, weights: Float64Array.from(weights, (w) => w * scale) }, {})
    t.ok(plain.reduce((sum, share, f) => sum + Math.abs(share - scaled[f]), 0) / plain.length < 0.001)
  }
})

t.test('importances of totally random trees converge to their theory (Louppe et al. 2013)', async (t) => {
  const { rows, target, importances } = sevenSegments()
  const table = tableOf(rows, target, { classes: 10 })
  const parameters = {
    nEstimators: 500,
    maxFeatures: 1,
    criterion: 'entropy',
    splitter: 'random',
    bootstrap: false,
  } as const
  const trees = growAll(planOf(table, parameters))
  const found = importances.map((_, f) => trees.reduce((sum, tree) => sum + tree.importances[f], 0) / trees.length)
  t.ok(Math.abs(found.reduce((a, b) => a + b) - entropyOf(target)) < 1e-9)
  t.ok(found.reduce((sum, value, f) => sum + Math.abs(value - importances[f]), 0) / found.length < 0.01)
})

t.test('random trees have the shapes that theory says', async (t) => {
  const random = randomNumbers(12321)
  const one = Array.from({ length: 1000 }, () => [Math.floor(random() * 4)])
  const target = one.map(() => random())
  const parameters = { nEstimators: 500, splitter: 'random', bootstrap: false } as const
  const shapes = await shapeShares(tableOf(one, target), parameters)
  t.equal(shapes.size, 5)
  for (const [shape, share] of shapes) {
    if (shape === '0,1/0,0/--0,2/--') t.ok(share > 0.3, `${share} of the compact tree, 1/3 in theory`)
    else t.ok(share < 0.2, `${share} of ${shape}, 1/6 in theory`)
  }
  const two = one.map(() => [Math.floor(random() * 2), Math.floor(random() * 3)])
  t.equal((await shapeShares(tableOf(two, target), { ...parameters, nEstimators: 100, maxFeatures: 1 })).size, 8)
})

t.test('exclusive or', async (t) => {
  const rows = Array.from({ length: 100 }, (_, i) => [i % 10, Math.floor(i / 10)])
  const target = rows.map(([x, y]) => Number(x >= 5) ^ Number(y >= 5))
  const table = tableOf(rows, target, { classes: 2 })
  for (const parameters of [{}, { maxFeatures: 1 }, { splitter: 'random' as const }]) {
    t.equal(score(treeForest(table, parameters), table), 1)
  }
})

t.test('missing values', async (t) => {
  const toy = [0, 1, 2, 3, 8, 9, 11, 12, 15]
  const target = [0.1, 0.2, 0.3, 0.2, 1.4, 1.4, 1.5, 1.6, 2.6]
  const mean = (of: number[]) => of.reduce((a, b) => a + b, 0) / of.length
  for (const [rows, expected] of [
    [9, mean(target.slice(4))],
    [8, mean(target.slice(4, 8))],
  ] as const) {
    const table = allowMissing(tableOf(column(toy.slice(0, rows)), target.slice(0, rows)))
    t.ok(Math.abs((treeForest(table, { maxDepth: 1 }).predict([[null]])[0] as number) - expected) < 1e-12)
  }
  const none = null
  for (const criterion of ['gini', 'entropy'] as const) {
    const cases = [
      [
        [none, none, none, none, 0, 1, 2, 3, 8, 9, 11, 12],
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
        2,
        [none, 3, 12],
        [0, 1, 2],
      ],
      [[none, none, none, none, 0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 1, 1, 1, 1, 1, 1], 2, [none, 5, none], [0, 1, 0]],
      [[none, none, none, none, 0, 1, 2, 3, 4, 5], [1, 1, 1, 1, 0, 0, 0, 0, 1, 1], 2, [none, 1.2, 4.8], [1, 0, 1]],
      [[1, 2, 3, 5, none, 10, 20, 30, 60, none], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], 1, [none, 2.3, 34.2], [1, 0, 1]],
    ] as const
    for (const [values, target, maxDepth, ask, expected] of cases) {
      const forest = treeForest(tableOf(column(values), target, { classes: 3 }), { maxDepth, criterion })
      t.same(
        forest.predict(column(ask)),
        expected.map((k) => `c${k}`),
      )
    }
  }
})

t.test('out-of-bag scores come near those of new rows', async (t) => {
  const cases: [string, number][] = [
    ['two', 0.9],
    ['three', 0.65],
    ['iris', 0.65],
    ['regression', 0.7],
  ]
  for (const [name, least] of cases) {
    const table = fixtureTable(name)
    const [fit, test] = halves(table)
    const forest = await train(fit, {
      nEstimators: 50,
      oobScore: true,
      ...(name === 'regression' ? { maxFeatures: 'all' } : {}),
    })
    const found = forest.summary.score ?? 0
    const fresh = name === 'regression' ? r2(test.target, values(forest, test)) : score(forest, test)
    t.ok(found >= least, `${name}: ${found} >= ${least}`)
    t.ok(Math.abs(fresh - found) <= 0.11, `${name}: ${found} out of bag, ${fresh} on new rows`)
  }
})

t.test('limits', async (t) => {
  const table = fixtureTable('two')
  for (const splitter of ['best', 'random'] as const) {
    const stump = await train(table, { nEstimators: 1, maxDepth: 1, maxLeafNodes: 4, splitter })
    t.equal(stump.nodeCount, 3, 'maxDepth also binds a best-first tree')
    for (const [minSamplesLeaf, least] of [
      [5, 5],
      [0.25, 75],
    ]) {
      for (const maxLeafNodes of [null, 1000]) {
        const forest = await train(table, {
          nEstimators: 3,
          minSamplesLeaf,
          maxLeafNodes,
          splitter,
          bootstrap: false,
        })
        t.ok(Math.min(...(forest.trees.leafRows ?? [])) >= least)
      }
    }
    for (const maxLeafNodes of [2, 7]) {
      const forest = await train(table, { nEstimators: 3, maxLeafNodes, splitter })
      t.equal(forest.nodeCount, 3 * (2 * maxLeafNodes - 1))
    }
  }
  const few = await train(irisTraining(), { nEstimators: 3, maxSamples: 1e-4 })
  t.equal(few.nodeCount, 3, 'a share of less than a row is one row')
})

t.test('a row of weight 0 is as if it were not there', async (t) => {
  const table = fixtureTable('two', { missing: [1, 50, 333, 1000] })
  const kept = Array.from({ length: table.rows }, (_, row) => row).filter((row) => row % 2 === 1)
  const weights = Float64Array.from({ length: table.rows }, (_, row) => row % 2)
  const found = await train({ ...table, weights }, { nEstimators: 5 })
  const expected = await train({ ...select(table, kept), weights: undefined }, { nEstimators: 5 })
  t.same(found.trees, expected.trees)
})

t.test('class weights act as row weights', async (t) => {
  const table = fixtureTable('two')
  const weights = Float64Array.from(table.target, (k) => (k === 0 ? 1 : 4))
  const byRow = await train({ ...table, weights }, { nEstimators: 5 })
  const byClass = await train(table, { nEstimators: 5, classWeight: { c1: 4 } })
  t.same(byClass.trees, byRow.trees)
  const counts = [0, 1].map((k) => table.target.filter((of) => of === k).length)
  const balanced = await train(table, { nEstimators: 5, classWeight: 'balanced' })
  const scaled = await train(table, { nEstimators: 5, classWeight: { c0: 150 / counts[0], c1: 150 / counts[1] } })
  t.same(balanced.trees, scaled.trees)
})

function toy(): Table {
  const rows = [
    [-2, -1],
    [-1, -1],
    [-1, -2],
    [1, 1],
    [1, 2],
    [2, 1],
  ]
  return tableOf(rows, [0, 0, 0, 1, 1, 1], { classes: ['-1', '1'] })
}

async function irisScore(parameters: Parameters): Promise<number> {
  const table = irisTraining()
  return score(await train(table, { nEstimators: 10, seed: 1, ...parameters }), table)
}

async function importancesOf(table: Table, parameters: Parameters): Promise<readonly number[]> {
  return (await train(table, { nEstimators: 10, ...parameters })).summary.importances
}

/** Share of each tree, written as in scikit-learn's test_distribution. */
async function shapeShares(table: Table, parameters: Parameters): Promise<Map<string, number>> {
  const { trees, treeCount } = await train(table, parameters)
  const shapes = new Map<string, number>()
  for (let tree = 0; tree < treeCount; tree++) {
    let shape = ''
    for (let node = trees.treeStart[tree]; node < trees.treeStart[tree + 1]; node++) {
      shape += trees.feature[node] === 0xffff ? '-' : `${trees.feature[node]},${Math.floor(trees.threshold[node])}/`
    }
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1 / treeCount)
  }
  return shapes
}

function allowMissing(table: Table): Table {
  const { features, target } = table.signature
  return { ...table, signature: { target, features: features.map((feature) => ({ ...feature, missing: true })) } }
}

function halves(table: Table): [Table, Table] {
  const rows = Array.from({ length: table.rows }, (_, row) => row)
  return [
    select(
      table,
      rows.filter((row) => row % 2 === 0),
    ),
    select(
      table,
      rows.filter((row) => row % 2 === 1),
    ),
  ]
}
