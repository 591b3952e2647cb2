import fc from 'fast-check'
import t from 'tap'
import type { Parameters } from '../src/parameters.ts'
import type { Table } from '../src/table.ts'
import { MISSING_LEFT, SUBSET, type Trees } from '../src/trees.ts'
import { BruteForce, type Impurity } from './brute-split.ts'
import { randomNumbers } from './tables.ts'
import { growTree, type Reached, sendDown, tableOf } from './training-tables.ts'

t.test('every split is the best there is', async (t) => {
  fc.assert(
    fc.property(smallProblem(), ({ table, parameters }) => {
      checkSplits(table, parameters)
    }),
    { numRuns: 400, seed: 1 },
  )
  t.pass('small tables of numbers and categories, with missing values and weights')

  fc.assert(
    fc.property(
      fc.record({ seed: fc.nat(), classes: fc.constantFrom(0, 2, 4), minLeaf: fc.constantFrom(1, 3) }),
      (c) => {
        const table = randomProblem({
          ...c,
          rows: 500,
          features: 2,
          categories: false,
          distinct: 1e6,
          missing: 0.05,
          weights: 'whole',
        })
        checkSplits(table, { minSamplesLeaf: c.minLeaf, maxDepth: 7, seed: c.seed })
      },
    ),
    { numRuns: 6, seed: 2 },
  )
  t.pass('larger tables of numbers')
})

t.test('with maxLeafNodes the best splits come first', async (t) => {
  let limited = 0
  fc.assert(
    fc.property(smallProblem(), fc.constantFrom(2, 3, 4, 7), ({ table, parameters }, maxLeafNodes) => {
      const whole = sendDown(growTree(table, parameters), table)
      const reached = sendDown(growTree(table, { ...parameters, maxLeafNodes }), table)
      const leaves = reached.filter(({ leaf }) => leaf).length
      if (leaves > maxLeafNodes) throw new Error(`${leaves} leaves`)
      if (whole.filter(({ leaf }) => leaf).length <= maxLeafNodes) return
      limited++
      if (leaves < maxLeafNodes) throw new Error(`only ${leaves} leaves`)
      checkOrder(reached[0], table, parameters)
    }),
    { numRuns: 600, seed: 4 },
  )
  t.ok(limited > 200, `${limited} trees were limited`)
})

t.test('a level that the node does not hold goes where missing values go', async () => {
  fc.assert(
    fc.property(smallProblem(), ({ table, parameters }) => {
      const trees = growTree(table, parameters)
      for (const { node, rows } of sendDown(trees, table)) {
        if ((trees.flags[node] & SUBSET) === 0) continue
        const column = table.columns[trees.feature[node]]
        const held = new Set(rows.map((row) => column[row]))
        const missingLeft = (trees.flags[node] & MISSING_LEFT) !== 0
        const feature = table.signature.features[trees.feature[node]]
        const levels = feature.type === 'category' ? feature.levels.length : 0
        for (let level = 0; level < levels; level++) {
          if (!held.has(level) && hasBit(trees, node, level) !== missingLeft) throw new Error(`level ${level} strays`)
        }
      }
    }),
    { numRuns: 100, seed: 3 },
  )
})

t.test('features are drawn past constant ones until a split is found', async (t) => {
  const rows = Array.from({ length: 20 }, (_, i) => [...new Array(9).fill(1), i % 4])
  const target = rows.map((row) => Number(row[9] > 1))
  for (let seed = 0; seed < 10; seed++) {
    const trees = growTree(tableOf(rows, target, { classes: 2 }), { maxFeatures: 1, seed })
    t.same(Array.from(trees.feature), [9, 0xffff, 0xffff])
  }
})

t.test('a node too large for sort keys and single steps is split where a small one is', async (t) => {
  const random = randomNumbers(5)
  const values = Array.from({ length: 110_000 }, () => (random() < 0.05 ? null : Math.floor(random() * 65_535)))
  const classes = 17
  const target = values.map((x) =>
    Math.min(classes - 1, Math.floor((x ?? 40_000) / 13_107) + Math.floor(random() * random() * 12)),
  )
  const trees = growTree(
    tableOf(
      values.map((value) => [value]),
      target,
      { classes },
    ),
    { maxDepth: 1 },
  )
  const all = counts(target)
  const missing = counts(target.filter((_, row) => values[row] === null))
  const present = Array.from(values.keys()).filter((row) => values[row] !== null)
  const order = present.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  let best = { score: 0, cut: 0, missingLeft: 0 }
  for (const missingLeft of [0, 1]) {
    const left = missingLeft ? missing.slice() : new Array(classes).fill(0)
    order.forEach((row, i) => {
      left[target[row]]++
      if (i === order.length - 1 || values[order[i + 1]] === values[row]) return
      const score = purity(left) + purity(all.map((count, k) => count - left[k]))
      if (score > best.score) best = { score, cut: ((values[row] ?? 0) + (values[order[i + 1]] ?? 0)) / 2, missingLeft }
    })
  }
  t.equal(trees.threshold[0], best.cut)
  t.equal(trees.flags[0], best.missingLeft)

  function counts(of: number[]): number[] {
    const found = new Array(classes).fill(0)
    for (const k of of) found[k]++
    return found
  }

  function purity(of: number[]): number {
    return of.reduce((sum, count) => sum + count * count, 0) / of.reduce((sum, count) => sum + count, 0)
  }
})

function checkSplits(table: Table, parameters: Parameters): void {
  const trees = growTree(table, parameters)
  const minLeaf = parameters.minSamplesLeaf ?? 1
  const manyClasses = table.signature.target.type === 'class' && table.signature.target.classes.length > 2
  const brute = new BruteForce(table, impurityOf(table, parameters), minLeaf)
  // The order of levels is the best one for two classes and numbers, and only where every subset is allowed.
  const searched = table.signature.features.flatMap(({ type }, f) =>
    type === 'number' || (!manyClasses && minLeaf === 1) ? [f] : [],
  )
  for (const reached of sendDown(trees, table)) {
    const { rows } = reached
    const slack = 1e-9 * Math.max(1e-9, brute.mass(rows))
    const best = Math.max(...searched.map((f) => brute.bestGainOf(f, rows)))
    if (reached.leaf) {
      const done = brute.isPure(rows) || reached.depth === parameters.maxDepth || rows.length < 2 * minLeaf
      if (!done && best > -1) throw new Error(`leaf ${reached.node} could be split`)
      continue
    }
    const gain = brute.gainOfNode(trees, reached)
    if (gain > brute.bestGain(rows) + slack) throw new Error('better than the best')
    if (!(gain >= best - slack)) throw new Error(`node ${reached.node} gains ${gain} of ${best}`)
    checkThreshold(trees, table, reached)
  }
}

/** Splits the nodes of a tree best first, by brute force: no leaf may ever be a better one to split. */
function checkOrder(root: Reached, table: Table, parameters: Parameters): void {
  const brute = new BruteForce(table, impurityOf(table, parameters), parameters.minSamplesLeaf ?? 1)
  const slack = 1e-9 * Math.max(1e-9, brute.mass(root.rows))
  const waiting = [root]
  for (;;) {
    const gains = waiting.map(({ rows }) => brute.bestGain(rows))
    let best = -1
    for (let i = 0; i < waiting.length; i++) if (!waiting[i].leaf && (best < 0 || gains[i] > gains[best])) best = i
    if (best < 0) return
    for (let i = 0; i < waiting.length; i++) {
      if (waiting[i].leaf && gains[i] > gains[best] + slack) {
        throw new Error(
          `node ${waiting[best].node}, which gains ${gains[best]}, before ${waiting[i].node}, ${gains[i]}`,
        )
      }
    }
    const [{ left, right }] = waiting.splice(best, 1)
    waiting.push(left as Reached, right as Reached)
  }
}

function checkThreshold(trees: Trees, table: Table, { node, rows, left, right }: Reached): void {
  const column = table.columns[trees.feature[node]]
  const values = (side: number[]) => side.map((row) => column[row]).filter((value) => !Number.isNaN(value))
  const missing = rows.some((row) => Number.isNaN(column[row]))
  const [below, above] = [values(left?.rows ?? []), values(right?.rows ?? [])]
  if (!missing) {
    const missingLeft = (left?.rows.length ?? 0) > (right?.rows.length ?? 0)
    if (((trees.flags[node] & MISSING_LEFT) !== 0) !== missingLeft)
      throw new Error('missing values leave the larger side')
  }
  if ((trees.flags[node] & SUBSET) !== 0 || above.length === 0) return
  const middle = (Math.max(...below) + Math.min(...above)) / 2
  const threshold = trees.threshold[node]
  if (threshold > middle || Math.fround(middle) < threshold || Math.max(...below) > threshold) {
    throw new Error(`threshold ${threshold} is not the float32 below ${middle}`)
  }
}

function hasBit(trees: Trees, node: number, level: number): boolean {
  const start = trees.subsetStart[trees.subsetNode.indexOf(node)]
  return ((trees.subsets[start + (level >> 5)] >>> (level & 31)) & 1) === 1
}

function impurityOf(table: Table, { criterion }: Parameters): Impurity {
  return table.signature.target.type === 'number' ? 'squared_error' : criterion === 'entropy' ? 'entropy' : 'gini'
}

interface Recipe {
  seed: number
  rows: number
  features: number
  classes: number
  categories: boolean
  distinct: number
  missing: number
  weights: 'none' | 'whole' | 'fractional'
}

function smallProblem() {
  return fc
    .record({
      seed: fc.nat(),
      rows: fc.integer({ min: 1, max: 40 }),
      features: fc.integer({ min: 1, max: 4 }),
      classes: fc.constantFrom(0, 0, 2, 2, 3, 6),
      categories: fc.boolean(),
      distinct: fc.constantFrom(2, 5, 1000),
      missing: fc.constantFrom(0, 0, 0.1, 0.5),
      weights: fc.constantFrom('none' as const, 'whole' as const, 'fractional' as const),
      entropy: fc.boolean(),
      minSamplesLeaf: fc.constantFrom(1, 1, 2, 5),
    })
    .map(({ entropy, minSamplesLeaf, ...recipe }) => ({
      table: randomProblem(recipe),
      parameters: {
        criterion: recipe.classes === 0 ? undefined : entropy ? ('entropy' as const) : ('gini' as const),
        minSamplesLeaf,
        seed: recipe.seed,
      },
    }))
}

function randomProblem({ seed, rows, features, classes, categories, distinct, missing, weights }: Recipe): Table {
  const random = randomNumbers(seed)
  const levels: Record<number, number> = {}
  if (categories) for (let f = 0; f < features; f += 2) levels[f] = 6
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: features }, (_, f) => {
      if (random() < missing) return null
      if (levels[f] !== undefined) return Math.floor(random() * 5)
      return Math.fround((Math.floor(random() * distinct) - distinct / 2) / 7)
    }),
  )
  const target = cells.map((row) => {
    const signal = (row[0] ?? 2) > 0 ? random() * 0.6 : 0.4 + random() * 0.6
    return classes > 0 ? Math.min(classes - 1, Math.floor(signal * classes)) : Math.round(signal * 100) / 10 - 3
  })
  const weigh = { none: () => 1, whole: () => Math.floor(random() * 4), fractional: () => random() * 3 }[weights]
  const weightOf = cells.map(weigh)
  weightOf[0] = 1
  return tableOf(cells, target, { classes, levels, ...(weights === 'none' ? {} : { weights: weightOf }) })
}
