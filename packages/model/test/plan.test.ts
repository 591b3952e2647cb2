import t from 'tap'
import type { Parameters } from '../src/parameters.ts'
import { fixtureTable, planOf, tableOf } from './training-tables.ts'

t.test('shares become counts as in scikit-learn', async (t) => {
  const table = fixtureTable('two') // 300 rows, 20 features
  t.match(planOf(table, { minSamplesLeaf: 0.011, minSamplesSplit: 0.021, maxSamples: 0.0051, maxFeatures: 0.29 }), {
    minSamplesLeaf: 4,
    minSamplesSplit: 7,
    draws: 2,
    maxFeatures: 5,
  })
  t.match(planOf(table, { minSamplesLeaf: 1e-6, minSamplesSplit: 1e-6, maxSamples: 1e-6, maxFeatures: 1e-6 }), {
    minSamplesLeaf: 1,
    minSamplesSplit: 2,
    draws: 1,
    maxFeatures: 1,
  })
  t.match(planOf(table, { maxFeatures: 'log2', maxLeafNodes: 5, maxDepth: 3, maxBins: 9, bootstrap: false }), {
    maxFeatures: 4,
    maxLeafNodes: 5,
    maxDepth: 3,
    maxBins: 9,
    draws: 0,
  })
  t.match(planOf(table), {
    maxFeatures: 4,
    draws: 300,
    maxLeafNodes: 0,
    maxBins: 0,
    weights: undefined,
    present: undefined,
  })
  const leaves = (parameters: Parameters) => planOf(table, { maxLeafNodes: 40, ...parameters }).maxLeafNodes
  t.same(
    [leaves({}), leaves({ maxDepth: 6 }), leaves({ minSamplesLeaf: 7 }), leaves({ maxSamples: 41 })],
    [40, 40, 40, 40],
  )
  t.same([leaves({ maxDepth: 5 }), leaves({ minSamplesLeaf: 8 }), leaves({ maxSamples: 40 })], [0, 0, 0], 'as implied')
  t.equal(planOf(table, { maxFeatures: 100 }).maxFeatures, 20)
  t.equal(planOf(fixtureTable('diabetes')).maxFeatures, 3, 'a third of 10')
})

t.test('rows of weight 0 count nowhere', async (t) => {
  const table = tableOf([[1], [2], [3], [4]], [0, 0, 1, 1], { classes: 2, weights: [1, 0, 2, 0.5] })
  const plan = planOf(table, { minSamplesLeaf: 0.5 })
  t.same(plan.present, Uint32Array.of(0, 2, 3))
  t.match(plan, { draws: 3, minSamplesLeaf: 2 })
  t.same(planOf(table, { classWeight: { c1: 0 } }).present, Uint32Array.of(0))
})
