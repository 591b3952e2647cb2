import t, { type Test } from 'tap'
import type { Parameters } from '../src/parameters.ts'
import type { Table } from '../src/table.ts'
import { LEAF } from '../src/trees.ts'
import { fixture, fixtureTable, growAll, growTree, planOf, sendDown } from './training-tables.ts'

interface Expected {
  table: string
  missing: number[]
  weights: number[] | null
  parameters: Record<string, number | string>
  feature: number[]
  threshold: (number | null)[]
  left: number[]
  right: number[]
  rows: number[]
  value: number[][]
  importances: number[]
}

t.test('grows the single trees of scikit-learn', async (t) => {
  const trees: Record<string, Expected> = fixture('training-trees.json')
  for (const [name, expected] of Object.entries(trees)) {
    t.test(name, async (t) => {
      const { missing, weights } = expected
      const table = fixtureTable(expected.table, weights ? { missing, weights } : { missing })
      // Five of the trees have a node with two splits of exactly the same score, as the root of Iris; with this seed those
      // of scikit-learn are drawn first. Over the seeds 0 to 39 every first difference was such a tie.
      const parameters = { seed: 15, ...translate(expected.parameters) }
      const tree = growTree(table, parameters)
      const reached = sendDown(tree, table)
      t.equal(reached.length, expected.feature.length, 'nodes')

      // scikit-learn numbers the nodes of a best-first tree as they came, so both are walked from the root.
      const order = preOrder(expected)
      let leaf = 0
      reached.forEach(({ node, rows }, i) => {
        const at = order[i]
        t.equal(rows.length, expected.rows[at], `rows of node ${i}`)
        if (expected.feature[at] < 0) {
          t.equal(tree.feature[node], LEAF, `node ${i} is a leaf`)
          t.equal(tree.leafRows?.[leaf], expected.rows[at])
          compareLeaf(t, leafValue(tree, leaf++, expected.value[at].length), expected.value[at], `value of node ${i}`)
          return
        }
        t.equal(tree.feature[node], expected.feature[at], `feature of node ${i}`)
        const threshold = expected.threshold[at]
        if (threshold !== null) {
          t.ok(
            Math.abs(tree.threshold[node] - threshold) <= 2e-7 * Math.max(1, Math.abs(threshold)),
            `threshold of node ${i}`,
          )
        }
      })
      compareLeaf(t, importances(table, parameters), expected.importances, 'importances')
    })
  }
})

function translate(parameters: Record<string, number | string>): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  )
}

function preOrder({ left, right }: Expected, node = 0): number[] {
  if (left[node] < 0) return [node]
  return [
    node,
    ...preOrder({ left, right } as Expected, left[node]),
    ...preOrder({ left, right } as Expected, right[node]),
  ]
}

function leafValue(tree: ReturnType<typeof growTree>, leaf: number, outputs: number): number[] {
  if (tree.leafStart.length === 0) return [tree.leafShare[leaf]]
  const shares = new Array(outputs).fill(0)
  for (let entry = tree.leafStart[leaf]; entry < tree.leafStart[leaf + 1]; entry++) {
    shares[tree.leafClass[entry]] = tree.leafShare[entry]
  }
  return shares
}

function importances(table: Table, parameters: Parameters): number[] {
  const plan = planOf(table, { nEstimators: 1, bootstrap: false, maxFeatures: 'all', ...parameters })
  const raw = Array.from(growAll(plan)[0].importances)
  const sum = raw.reduce((a, b) => a + b, 0)
  return raw.map((value) => value / sum)
}

function compareLeaf(t: Test, found: number[], expected: number[], what: string): void {
  const worst = Math.max(...found.map((value, i) => Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i]))))
  t.ok(worst < 1e-9, `${what}: ${found} for ${expected}`)
}
