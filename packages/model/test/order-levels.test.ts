import t from 'tap'
import { gather, type Span } from '../src/gather.ts'
import { orderLevels } from '../src/order-levels.ts'
import type { Table } from '../src/table.ts'
import { nodeOf, tableOf } from './training-tables.ts'

t.test('by the mean of numbers', async (t) => {
  t.same(order(tableOf([[3], [1], [1], [0], [3]], [9, 1, 2, 5, 7], { levels: { 0: 5 } })), [1, 0, 3])
})

t.test('by the share of a class, equal levels by code', async (t) => {
  const found = order(tableOf([[2], [2], [0], [1], [1], [4]], [0, 1, 0, 0, 1, 1], { classes: 2, levels: { 0: 5 } }))
  t.same(found, [0, 1, 2, 4])
})

t.test('along the main direction of three classes and more', async (t) => {
  const levels = [5, 0, 3, 1]
  const shares = [
    [8, 1, 1],
    [6, 3, 1],
    [3, 6, 1],
    [1, 8, 1],
  ]
  const rows: number[][] = []
  const target: number[] = []
  shares.forEach((counts, i) => {
    counts.forEach((count, of) => {
      for (let k = 0; k < count; k++) {
        rows.push([levels[i]])
        target.push(of)
      }
    })
  })
  const found = order(tableOf(rows, target, { classes: 3, levels: { 0: 6 } }))
  t.ok([levels.join(), levels.toReversed().join()].includes(found.join()), found.join())
})

/** The levels of the only column in the order of a root node. */
function order(table: Table): number[] {
  const { plan, workspace, node } = nodeOf(table)
  const span: Span = { min: 0, max: 0, missing: 0 }
  gather(plan, workspace, node, 0, span)
  orderLevels(plan, workspace, node, span)
  const { code, levelAt } = workspace
  if (!code.subarray(0, node.end).every((place, row) => levelAt[place] === table.columns[0][row]))
    throw new Error('lost')
  return Array.from(levelAt.subarray(0, span.max + 1))
}
