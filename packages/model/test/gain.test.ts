import fc from 'fast-check'
import t from 'tap'
import { gainOf } from '../src/gain.ts'
import type { Parameters } from '../src/parameters.ts'
import { partition } from '../src/partition.ts'
import { Random } from '../src/random.ts'
import { Search, type Split } from '../src/split.ts'
import type { Table } from '../src/table.ts'
import { BruteForce } from './brute-split.ts'
import { nodeOf, tableOf } from './training-tables.ts'
import { parametersOf, type Recipe, recipes, tableOf as tableOfRecipe } from './twins.ts'

t.test('is the decrease of impurity times weight of the sides that the split makes', async (t) => {
  const problems = fc.record({
    recipe: recipes({ min: 2, max: 60 }, { min: 1, max: 3 }),
    entropy: fc.boolean(),
    start: fc.nat({ max: 20 }),
  })
  let found = 0
  fc.assert(
    fc.property(problems, ({ recipe, entropy, start }) => {
      const criterion = recipe.classes > 0 && entropy ? { criterion: 'entropy' as const } : {}
      const table = tableOfRecipe(recipe)
      // Products of weight and value are rounded for the whole tree, so that a node of almost no weight keeps few digits.
      const first = recipe.classes === 0 && recipe.weights === 'uneven' ? 0 : start
      const gains = gainsOf(table, { ...parametersOf(recipe), ...criterion }, first)
      if (gains === undefined) return true
      found++
      // One heavy row leaves little impurity beside the sums that it is the difference of.
      const most = recipe.classes > 0 ? 1 : 100 ** 2
      const slack = roundingOf(recipe, entropy) * gains.weight + 1e-12 * most * gains.weight + 1e-9 * gains.mass
      return Math.abs(gains.found - gains.expected) <= slack
    }),
    { numRuns: 200, seed: 1 },
  )
  t.ok(found > 80, 'many had a split')
})

t.test('of a split that tells nothing is 0', async (t) => {
  const rows = [[0], [0], [1], [1]]
  for (const classes of [2, 3]) {
    for (const criterion of ['gini', 'entropy'] as const) {
      t.equal(gainsOf(tableOf(rows, [0, 1, 0, 1], { classes }), { criterion })?.found, 0)
    }
  }
  t.equal(gainsOf(tableOf(rows, [1, 3, 1, 3]), {})?.found, 0)
})

t.test('of four samples, by hand', async (t) => {
  const rows = [[0], [1], [2], [3]]
  // One of four is of another class: impurity 3/8. The cut in the middle leaves one of two on one side: 1/2.
  t.equal(gainsOf(tableOf([[0], [0], [1], [1]], [0, 0, 0, 1], { classes: 2 }), {})?.found, 4 * (3 / 8) - 2 * (1 / 2))
  // Squares around the mean 3: 4 + 4 + 4 + 4; the cut in the middle leaves none.
  t.equal(gainsOf(tableOf(rows, [1, 1, 5, 5]), {})?.found, 16)
  // Three classes of entropy 3/2 bits; the cut in the middle leaves one bit on one side.
  t.equal(gainsOf(tableOf(rows, [0, 0, 1, 2], { classes: 3 }), { criterion: 'entropy' })?.found, 4 * 1.5 - 2 * 1)
})

/** Entropy keeps the score that its cuts were found by: of the weight, what rounding may take from it. */
function roundingOf({ rows, classes, weights, weighing }: Recipe, entropy: boolean): number {
  if (!entropy || classes === 0) return 0
  // More than two classes: fractional weights are whole units, 2^-24 of the node's.
  if (classes > 2 && weights !== null) return rows * 2 ** -20
  // Class weights: the entropy of the sides' shares is float32.
  return weighing === null ? 0 : 2 ** -22
}

/** The gain of the best split of a node, and what it is by the definition; undefined where there is no split. */
function gainsOf(
  table: Table,
  parameters: Parameters,
  start = 0,
): { found: number; expected: number; mass: number; weight: number } | undefined {
  const samples = table.weights ? table.weights.filter((weight) => weight > 0).length : table.rows
  if (start >= samples) return undefined
  const { plan, workspace, node } = nodeOf(table, { ...parameters, bootstrap: false, oobScore: false }, start)
  if (node.pure) return undefined
  const split = bestSplit()
  if (split === undefined) return undefined
  const weights = new Float64Array(table.rows)
  for (let i = node.start; i < node.end; i++) weights[workspace.rows[i]] = workspace.weight[i]
  const impurity = plan.classes === 0 ? 'squared_error' : parameters.criterion === 'entropy' ? 'entropy' : 'gini'
  const brute = new BruteForce({ ...table, weights }, impurity, 1)
  const found = gainOf(plan, workspace, node, split)
  const middle = partition(plan, workspace, node, split)
  const rows = (from: number, to: number) => Array.from(workspace.rows.subarray(from, to))
  const expected = brute.gain(rows(node.start, middle), rows(middle, node.end))
  const all = rows(node.start, node.end)
  return { found, expected, mass: brute.mass(all), weight: brute.weight(all) }

  function bestSplit(): Split | undefined {
    const search = new Search(plan, workspace, Random.ofTree(0, 0))
    search.begin()
    while (search.step(node));
    return search.split.feature < 0 ? undefined : search.split
  }
}
