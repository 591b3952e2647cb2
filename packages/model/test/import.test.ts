import { RandomForestClassifier, RandomForestRegression } from 'ml-random-forest'
import t from 'tap'
import { Forest } from '../src/forest.ts'
import { importMlRandomForest } from '../src/import.ts'
import type { Signature } from '../src/table.ts'
import { irisTable, type NumberTable, randomTable } from './tables.ts'

const options = { seed: 3, maxFeatures: 0.8, replacement: true, nEstimators: 12, useSampleBagging: true, noOOB: true }

function trained(table: NumberTable, more: object = {}) {
  const forest = new RandomForestClassifier({ ...options, ...more })
  forest.train(table.rows, table.target)
  return forest
}

function saved(forest: { toJSON(): unknown }) {
  return JSON.parse(JSON.stringify(forest.toJSON()))
}

function classesOf(forest: Forest, rows: number[][]): number[] {
  const classes = new Uint16Array(rows.length)
  forest.predictClassesInto(rows.flat(), classes)
  return [...classes]
}

t.test('gives the labels of ml-random-forest on iris', async (t) => {
  const iris = irisTable()
  const theirs = trained(iris, { nEstimators: 40 })
  const ours = importMlRandomForest(saved(theirs), { signature: iris.signature })
  const { target } = iris.signature
  const labels = theirs.predict(iris.rows).map((k) => target.type === 'class' && target.classes[k])
  t.same(ours.predict(iris.rows), labels)
  t.equal(ours.aggregation, 'vote')
  t.equal(ours.ties, 'first-reached')
  t.equal(ours.treeCount, 40)
  t.equal(ours.parameters.nEstimators, 40)
  t.equal(ours.parameters.seed, 3)
  t.equal(ours.summary.rows, 150)
  t.same(Forest.from(ours.data).predict(iris.rows), labels, 'also when read back from its file')
})

t.test('gives the labels of ml-random-forest on 20 random tables', async (t) => {
  let ties = 0
  for (let seed = 1; seed <= 20; seed++) {
    const table = randomTable(seed, 60 + seed * 2, 2 + (seed % 4), 2 + (seed % 3), 1 + (seed % 3) * 4)
    const theirs = trained(table, { seed, nEstimators: seed % 2 ? 8 : 11, replacement: seed % 3 === 0 })
    const ours = importMlRandomForest(saved(theirs), { signature: table.signature })
    const unseen = randomTable(seed + 100, 200, table.rows[0].length, 2, 1 + (seed % 3) * 4).rows
    t.same(classesOf(ours, table.rows), theirs.predict(table.rows), `table ${seed}, rows of training`)
    t.same(classesOf(ours, unseen), theirs.predict(unseen), `table ${seed}, other rows`)
    ties += ours.predictProba(unseen).filter((shares) => tied(shares)).length
  }
  t.ok(ties > 50, 'many of the rows were ties')
})

t.test('gives the labels of a forest that was trained on float32 values', async (t) => {
  for (let seed = 1; seed <= 6; seed++) {
    const table = randomTable(seed, 80, 3, 3, seed % 2 ? 1 : 12)
    table.rows = table.rows.map((row) => row.map(Math.fround))
    const theirs = trained(table, { seed })
    const ours = importMlRandomForest(saved(theirs), { signature: table.signature })
    const unseen = randomTable(seed + 50, 200, 3, 2, seed % 2 ? 1 : 12).rows.map((row) => row.map(Math.fround))
    t.same(classesOf(ours, table.rows), theirs.predict(table.rows))
    t.same(classesOf(ours, unseen), theirs.predict(unseen))
  }
})

t.test('sends a missing value to the right, as a comparison with NaN does', async (t) => {
  const table = randomTable(9, 80, 3, 3, 2)
  const theirs = trained(table)
  const ours = importMlRandomForest(saved(theirs), { signature: table.signature })
  const holes = table.rows.map((row, i) => row.map((value, f) => ((i + f) % 3 === 0 ? Number.NaN : value)))
  t.same(classesOf(ours, holes), theirs.predict(holes))
})

t.test('gives the values of a regression forest to the last bit', async (t) => {
  const table = randomTable(4, 80, 3, 2, 3)
  const values = table.rows.map((row) => row[0] * 3 - Math.abs(row[1]) / 7)
  const theirs = new RandomForestRegression({ ...options, selectionMethod: 'mean' })
  theirs.train(table.rows, values)
  const signature: Signature = { features: table.signature.features, target: { name: 'value', type: 'number' } }
  const ours = importMlRandomForest(saved(theirs), { signature })
  t.same(ours.predict(table.rows), theirs.predict(table.rows))
  t.equal(ours.aggregation, 'mean')

  const median = { ...saved(theirs), selectionMethod: 'median' }
  t.throws(() => importMlRandomForest(median, { signature }), { code: 'MODEL_ERR_IMPORT', message: /selectionMethod/ })
})

t.test('a tree that is one leaf', async (t) => {
  const signature = randomTable(1, 10, 2, 2, 1).signature
  const forest = importMlRandomForest(leafModel([[0, 1]]), { signature })
  t.same(forest.predict([[0, 0]]), ['class 1'])
})

t.test('refuses what is no such forest with a coded error', async (t) => {
  const { signature } = randomTable(1, 10, 2, 2, 1)
  const split = (node: object) => ({
    ...leafModel([[1]]),
    baseModel: { ...leafModel([[1]]).baseModel, estimators: [{ root: node }] },
  })
  const leaf = { distribution: [[1]] }
  const cases: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['text', 'forest'],
    ['an array', []],
    ['another name', { name: 'DTClassifier' }],
    ['a regression', { ...leafModel([[1]]), name: 'RFRegression' }],
    ['no base model', { name: 'RFClassifier' }],
    ['no trees', { name: 'RFClassifier', baseModel: { estimators: [], indexes: [] } }],
    ['fewer indexes than trees', { name: 'RFClassifier', baseModel: { estimators: [{}], indexes: [] } }],
    [
      'an index beyond the signature',
      { ...leafModel([[1]]), baseModel: { estimators: [{ root: leaf }], indexes: [[2]] } },
    ],
    ['no root', split(undefined as never)],
    ['an empty leaf', leafModel([[]])],
    ['a leaf of two rows', leafModel([[1], [1]])],
    ['a share that is null', leafModel([[null]])],
    ['a class beyond the signature', leafModel([[0, 0, 1]])],
    ['no children', split({ splitColumn: 0, splitValue: 1 })],
    ['a column not drawn', split({ splitColumn: 1, splitValue: 1, left: leaf, right: leaf })],
    ['a split that is null', split({ splitColumn: 0, splitValue: null, left: leaf, right: leaf })],
    ['a split beyond float32', split({ splitColumn: 0, splitValue: -1e300, left: leaf, right: leaf })],
    ['children in the prototype', split(Object.create({ distribution: [[1]] }))],
  ]
  for (const [name, json] of cases) {
    t.throws(() => importMlRandomForest(json, { signature }), { name: 'ModelError', code: 'MODEL_ERR_IMPORT' }, name)
  }
})

t.test('refuses a tree too deep or endless, without a stack overflow', async (t) => {
  const { signature } = randomTable(1, 10, 2, 2, 1)
  const deep = `${'{"splitColumn":0,"splitValue":1,"right":{"distribution":[[1]]},"left":'.repeat(200_000)}null${'}'.repeat(200_000)}`
  const endless: { [key: string]: unknown } = { splitColumn: 0, splitValue: 1, right: { distribution: [[1]] } }
  endless.left = endless
  for (const root of [JSON.parse(deep), endless]) {
    const json = { name: 'RFClassifier', baseModel: { estimators: [{ root }], indexes: [[0]] } }
    t.throws(() => importMlRandomForest(json, { signature }), { code: 'MODEL_ERR_IMPORT', message: /deeper/ })
  }
})

t.test('refuses a signature with a category, or none', async (t) => {
  const { signature } = randomTable(1, 10, 2, 2, 1)
  const category: Signature = {
    ...signature,
    features: [signature.features[0], { name: 'c', type: 'category', missing: false, levels: ['a'] }],
  }
  t.throws(() => importMlRandomForest(leafModel([[1]]), { signature: category }), { code: 'MODEL_ERR_IMPORT' })
  t.throws(() => importMlRandomForest(leafModel([[1]]), {} as never), { code: 'MODEL_ERR_IMPORT' })
})

function leafModel(distribution: unknown) {
  return { name: 'RFClassifier', baseModel: { indexes: [[0]], estimators: [{ root: { distribution } }] } }
}

function tied(shares: Float64Array): boolean {
  const most = Math.max(...shares)
  return shares.filter((share) => share === most).length > 1
}
