import t from 'tap'
import { gather, type Span } from '../src/gather.ts'
import { orderLevels } from '../src/order-levels.ts'
import type { Parameters } from '../src/parameters.ts'
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

t.test('of three classes and more, levels at one place stay together', async (t) => {
  const rows = [[4], [0], [2], [5], [1], [3]]
  const target = [0, 1, 0, 2, 2, 0]
  const often = Array.from({ length: 6 }, (_, row) => row).flatMap((row) => Array<number>(50).fill(row))
  const large = tableOf(
    often.map((row) => rows[row]),
    often.map((row) => target[row]),
    { classes: 3, levels: { 0: 6 } },
  )
  t.equal(groups(large), '1,5|0|2,3,4')
  // In a node of few rows by the share of the heaviest class.
  t.equal(groups(tableOf(rows, target, { classes: 3, levels: { 0: 6 } })), '0,1,5|2,3,4')
  // Of two classes each stands alone.
  t.equal(groups(tableOf(rows, [0, 1, 0, 1, 1, 0], { classes: 2, levels: { 0: 6 } })), '2|3|4|0|1|5')
})

t.test('so do levels of numbers in a small node whose means are the same to 18 binary digits', async (t) => {
  const rows = [[4], [0], [2], [2], [1], [3]]
  t.equal(groups(tableOf(rows, [8, 3, 7, 9, 3, 5], { levels: { 0: 5 } })), '0,1|3|2,4')
  t.equal(groups(tableOf(rows, [8, 3, 7, 9 + 2 ** -20, 3, 5], { levels: { 0: 5 } })), '0,1|3|2,4')
  t.equal(groups(tableOf(rows, [8, 3, 7, 9 + 2 ** -12, 3, 5], { levels: { 0: 5 } })), '0,1|3|4|2')
  const often = Array.from({ length: 6 }, () => rows).flat()
  t.equal(
    groups(tableOf(often, Array.from({ length: 6 }, () => [8, 3, 7, 9, 3, 5]).flat(), { levels: { 0: 5 } })),
    '0|1|3|2|4',
  )
})

t.test('with bins, more levels than rows of numbers are ordered by eighths of octaves off the mean', async (t) => {
  const rows = Array.from({ length: 40 }, (_, row) => [row])
  const target = rows.map((_, row): number => (row < 20 ? -1000 : row < 30 ? 980 : 1020))
  const places = (levels: number, parameters: Parameters) =>
    groups(tableOf(rows, target, { levels: { 0: levels } }), parameters).split('|').length
  t.equal(places(100, { maxBins: 256 }), 2)
  // All else has a place a level.
  t.equal(places(100, {}), 40)
  t.equal(places(40, { maxBins: 256 }), 40)
  target.fill(1080, 30).fill(920, 20, 30)
  t.equal(places(100, { maxBins: 256 }), 3)
})

t.test('unless all are at one place', async (t) => {
  const rows = [1, 2, 0].flatMap((level) => [[level], [level], [level]])
  t.equal(groups(tableOf(rows, [0, 1, 2, 2, 1, 0, 1, 0, 2], { classes: 3, levels: { 0: 3 } })), '0|1|2')
  t.equal(groups(tableOf(rows, [0, 1, 2, 2, 1, 0, 1, 0, 2], { levels: { 0: 3 } })), '0|1|2')
})

/** The levels of the only column in the order of a root node. */
function order(table: Table): number[] {
  return groups(table).split(/[,|]/).map(Number)
}

/** The same as text, with a comma between levels at one place and a bar between places. */
function groups(table: Table, parameters?: Parameters): string {
  const { plan, workspace, node } = nodeOf(table, parameters)
  const span: Span = { min: 0, max: 0, missing: 0, levels: 0 }
  gather(plan, workspace, node, 0, span)
  orderLevels(plan, workspace, node, 0, span)
  const { code, levelAt, levelRank } = workspace
  if (!code.subarray(0, node.end).every((place, row) => levelRank[table.columns[0][row]] === place))
    throw new Error('lost')
  const levels = Array.from(levelAt.subarray(0, span.levels))
  if (levelRank[levels[span.levels - 1]] !== span.max) throw new Error('another number of places')
  return levels
    .map((level, i) => (i === 0 ? '' : levelRank[level] === levelRank[levels[i - 1]] ? ',' : '|') + level)
    .join('')
}
