import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import type { Forest } from '../src/forest.ts'
import { KernelGrower } from '../src/kernel-grower.ts'
import { type KernelShare, shareKernel } from '../src/kernel-share.ts'
import type { Parameters } from '../src/parameters.ts'
import type { Table } from '../src/table.ts'
import { train } from '../src/train.ts'
import { planOf } from './training-tables.ts'
import { checkTwins, parametersOf, type Recipe, recipes, tableOf } from './twins.ts'

t.test('kernels grow the trees of the plain engine', async (t) => {
  for (const [name, ranges] of Object.entries({
    small: { rows: { min: 2, max: 60 }, features: { min: 1, max: 5 } },
    larger: { rows: { min: 200, max: 1500 }, features: { min: 2, max: 9 } },
  })) {
    fc.assert(
      fc.property(recipes(ranges.rows, ranges.features), (recipe) => {
        checkTwins(tableOf(recipe), parametersOf(recipe))
      }),
      { numRuns: name === 'small' ? 600 : 150, seed: 4 },
    )
    t.pass(`${name} tables`)
  }
})

t.test('also where categories have many levels', async (t) => {
  const levels = fc.constantFrom(12, 70, 300, 1000)
  const missing = fc.constantFrom(0, 0.05, 0.6)
  fc.assert(
    fc.property(
      recipes({ min: 33, max: 2500 }, { min: 1, max: 7 }, [3, 5, 26]),
      levels,
      missing,
      (recipe, levels, missing) => {
        const ordered = { ...recipe, levels, missing, parameters: { ...recipe.parameters, splitter: 'best' as const } }
        checkTwins(tableOf(ordered), parametersOf(ordered))
      },
    ),
    { numRuns: 150, seed: 6 },
  )
  t.pass('150 tables')
})

t.test('also above the limits of a lighter form', async (t) => {
  for (const classes of [0, 2, 3]) {
    const recipe = {
      seed: 9,
      rows: 150_000,
      features: 2,
      classes,
      distinct: 100_000_000,
      noise: 0.3,
      weights: null,
      missing: 0,
      levels: 0,
      weighing: null,
      parameters: {},
    }
    checkTwins(tableOf(recipe), { nEstimators: 1, maxDepth: 4 })
    checkTwins(tableOf({ ...recipe, distinct: 3000 }), { nEstimators: 1, maxDepth: 4 })
    checkTwins(tableOf({ ...recipe, weights: 'fractional' }), { nEstimators: 1, maxDepth: 4 })
    checkTwins(tableOf(recipe), { nEstimators: 1, maxDepth: 9, maxBins: 256 })
    checkTwins(tableOf(recipe), { nEstimators: 1, maxDepth: 9, splitter: 'random' })
    checkTwins(tableOf(recipe), { nEstimators: 1, maxLeafNodes: 12 })
    checkTwins(tableOf(recipe), { nEstimators: 1, maxLeafNodes: 300, maxBins: 256 })
    if (classes > 0) checkTwins(tableOf(recipe), { nEstimators: 1, maxDepth: 9, classWeight: { c0: 0.3, c1: 2.41 } })
    if (classes > 0) {
      const limits = { nEstimators: 1, maxDepth: 2, criterion: 'entropy' as const }
      checkTwins(tableOf(recipe), limits)
      checkTwins(tableOf({ ...recipe, missing: 0.1 }), limits)
      checkTwins(tableOf(recipe), { ...limits, maxBins: 256 })
      checkTwins(tableOf(recipe), { ...limits, splitter: 'random' })
      checkTwins(tableOf(recipe), { ...limits, classWeight: { c0: 0.3, c1: 2.41 } })
    }
    t.pass(`${classes} classes`)
  }
})

t.test('also by entropy', async (t) => {
  const byEntropy = (recipe: Recipe): Recipe => ({
    ...recipe,
    weights: recipe.weights && 'whole',
    parameters: { ...recipe.parameters, criterion: 'entropy' },
  })
  for (const [name, rows, features, numRuns] of [
    ['small', { min: 2, max: 60 }, { min: 1, max: 5 }, 300],
    ['larger', { min: 200, max: 1500 }, { min: 2, max: 9 }, 75],
  ] as const) {
    fc.assert(
      fc.property(recipes(rows, features, [2, 3, 7, 40]).map(byEntropy), (recipe) => {
        checkTwins(tableOf(recipe), parametersOf(recipe))
      }),
      { numRuns, seed: 6 },
    )
    t.pass(`${name} tables`)
  }
})

t.test('also best first', async (t) => {
  const limits = fc.constantFrom(2, 3, 5, 9, 20, 100, 2 ** 31)
  for (const [name, rows, features, numRuns] of [
    ['small', { min: 2, max: 60 }, { min: 1, max: 5 }, 600],
    ['larger', { min: 200, max: 1500 }, { min: 2, max: 9 }, 150],
  ] as const) {
    fc.assert(
      fc.property(recipes(rows, features), limits, fc.boolean(), (recipe, maxLeafNodes, entropy) => {
        const parameters = { ...parametersOf(recipe), maxLeafNodes }
        if (!entropy || recipe.classes === 0) checkTwins(tableOf(recipe), parameters)
        else {
          const weights = recipe.weights && 'whole'
          checkTwins(tableOf({ ...recipe, weights }), { ...parameters, criterion: 'entropy' })
        }
      }),
      { numRuns, seed: 8 },
    )
    t.pass(`${name} tables`)
  }
})

t.test('best first, subsets fetched in parts are those of their splits', async (t) => {
  const table = tableOf({
    seed: 5,
    rows: 150_000,
    features: 1,
    classes: 0,
    distinct: 100_000_000,
    noise: 0.2,
    weights: null,
    missing: 0,
    levels: 65_000,
    weighing: null,
    parameters: {},
  })
  const growBy = (parameters: Parameters) => {
    const plan = planOf(table, { nEstimators: 1, bootstrap: false, ...parameters })
    return atOnce(new KernelGrower(plan, atOnce(shareKernel(plan, 1)) as KernelShare, 0).grow(0))
  }
  // One column, so nothing is drawn: with a leaf less than there are the tree lacks its least split and is the same elsewhere.
  const whole = growBy({})
  const limited = growBy({ maxLeafNodes: whole.leaves - 1 })
  t.equal(limited.leaves, whole.leaves - 1)
  const { length } = limited.subsets
  t.ok(length > 2 ** 20, 'the kernel has room for 1 MB')
  const removed = whole.subsets.length - length
  const first = limited.subsets.findIndex((byte, i) => byte !== whole.subsets[i])
  t.ok(first > 0 && removed > 0)
  t.equal(Buffer.compare(limited.subsets.subarray(first), whole.subsets.subarray(first + removed)), 0)
})

t.test('also where the means of levels are far from even', async (t) => {
  const levels = 1500
  const table = tableOf({
    seed: 5,
    rows: 6000,
    features: 3,
    classes: 0,
    distinct: 100_000_000,
    noise: 1,
    weights: null,
    missing: 0,
    levels,
    weighing: null,
    parameters: {},
  })
  for (let row = 0; row < table.rows; row++) table.target[row] = table.columns[0][row] === 7 ? 1e9 : (row * 7919) % 1000
  checkTwins(table, { nEstimators: 2, maxFeatures: 'all' })
  const forest = await train(table, { nEstimators: 2, maxDepth: 4 })
  t.ok(forest.trees.subsetNode.length > 0, 'splits by subsets')
})

t.test('without WebAssembly the forest has the same bytes, on any number of threads', async (t) => {
  for (const classes of [0, 2, 5]) {
    const recipe: Recipe = {
      seed: 11,
      rows: 3000,
      features: 5,
      classes,
      distinct: 900,
      noise: 0.3,
      weights: 'whole',
      missing: 0.05,
      levels: 0,
      weighing: null,
      parameters: {},
    }
    for (const { fractional = false, levels = 0, ...parameters } of [
      {},
      { maxBins: 64 },
      { oobScore: true, minSamplesLeaf: 3 },
      { oobScore: true, fractional: true },
      { oobScore: true, splitter: 'random' as const },
      { oobScore: true, levels: 40 },
      { oobScore: true, splitter: 'random' as const, levels: 40 },
      { oobScore: true, maxLeafNodes: 200, maxBins: 64, levels: 40 },
      ...(classes > 0 ? [{ criterion: 'entropy' as const }] : []),
    ]) {
      const table = tableOf({ ...recipe, levels })
      const weights = fractional ? table.weights?.map((weight) => weight * 0.3 + 0.1) : table.weights
      const given = { nEstimators: 6, seed: 3, ...parameters }
      const forests = [
        await train({ ...table, weights }, given),
        await train({ ...table, weights }, given, { workers: 2 }),
        await withoutKernels({ ...table, weights }, given),
      ]
      for (const { data } of forests) t.equal(Buffer.compare(data, forests[0].data), 0)
    }
  }
})

async function withoutKernels(table: Table, parameters: Parameters): Promise<Forest> {
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') as PropertyDescriptor
  Object.defineProperty(globalThis, 'WebAssembly', { ...kept, value: undefined })
  try {
    return await train(table, parameters)
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', kept)
  }
}
