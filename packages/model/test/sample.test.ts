import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { Random } from '../src/random.ts'
import { drawSamples } from '../src/sample.ts'
import { createWorkspace } from '../src/workspace.ts'
import { fixtureTable, planOf } from './training-tables.ts'

t.test('each drawn row stands once, ascending, and weighs as often as it was drawn', async (t) => {
  const table = fixtureTable('three')
  const plan = planOf(table, { maxSamples: 700 })
  const workspace = createWorkspace(plan)
  const count = atOnce(drawSamples(plan, Random.ofTree(1, 2), workspace))
  const { rows, weight, label, drawn } = workspace
  t.ok(count < 700 && count > 400)
  t.equal(sum(weight.subarray(0, count)), 700)
  t.equal(sum(drawn), 700)
  t.ok(rows.subarray(1, count).every((row, i) => row > rows[i]))
  t.ok(rows.subarray(0, count).every((row, i) => weight[i] === drawn[row] && label[i] === table.target[row]))
})

t.test('without bootstrap every row of weight above 0 is drawn once', async (t) => {
  const table = fixtureTable('diabetes', { weights: Array.from({ length: 442 }, (_, row) => row % 3) })
  const plan = planOf(table, { bootstrap: false })
  const workspace = createWorkspace(plan)
  const count = atOnce(drawSamples(plan, Random.ofTree(0, 0), workspace))
  t.equal(count, 294)
  t.same(Array.from(workspace.rows.subarray(0, 4)), [1, 2, 4, 5])
  t.same(Array.from(workspace.weight.subarray(0, 4)), [1, 2, 1, 2], 'whole weights stay')
})

t.test('fractional weights become whole units that keep their ratios', async (t) => {
  const given = Array.from({ length: 442 }, (_, row) => (row + 1) * 1e-9 * Math.PI)
  const plan = planOf(fixtureTable('diabetes', { weights: given }), { bootstrap: false })
  const workspace = createWorkspace(plan)
  const count = atOnce(drawSamples(plan, Random.ofTree(0, 0), workspace))
  const units = workspace.weight.subarray(0, count)
  t.ok(units.every(Number.isInteger))
  t.ok(sum(units) < 2 ** 53 && sum(units) > 2 ** 51 - count)
  t.ok(units.every((unit, i) => Math.abs(unit / units[0] / (i + 1) - 1) < 1e-10))
})

t.test('a weight above 0 is never lost', async (t) => {
  const given = Array.from({ length: 442 }, (_, row) => (row === 0 ? 1e150 : 1e-150))
  const plan = planOf(fixtureTable('diabetes', { weights: given }), { bootstrap: false })
  const workspace = createWorkspace(plan)
  atOnce(drawSamples(plan, Random.ofTree(0, 0), workspace))
  t.same(Array.from(workspace.weight.subarray(1)), new Array(441).fill(1))
})

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0)
}
