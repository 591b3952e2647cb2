import fc from 'fast-check'
import t from 'tap'
import { MISSING } from '../src/encode.ts'
import { createNode, measure } from '../src/measure.ts'
import { partition } from '../src/partition.ts'
import type { Plan } from '../src/plan.ts'
import type { Split } from '../src/split.ts'
import type { Table } from '../src/table.ts'
import { MAX_FLOAT32 } from '../src/threshold.ts'
import type { Workspace } from '../src/workspace.ts'
import { nodeOf, tableOf } from './training-tables.ts'

const LEVELS = 40

/** A node of a table whose second column is parted, and a cut behind the code of one of its samples. */
const problems = fc
  .record({
    cells: fc.array(fc.option(fc.integer({ min: 0, max: LEVELS - 1 }), { freq: 4 }), { minLength: 3, maxLength: 40 }),
    levels: fc.boolean(),
    start: fc.nat(),
    size: fc.nat(),
    cut: fc.nat(),
    missingLeft: fc.boolean(),
  })
  .map(({ cells, levels, start, size, cut, missingLeft }) => {
    const values = cells.map((cell) => (cell === null || levels ? cell : Math.fround((cell * cell - 200) / 7)))
    const table = tableOf(
      values.map((value, row) => [-row, value]),
      cells.map((_, row) => row / 4),
      { ...(levels ? { levels: { 1: LEVELS } } : {}), weights: cells.map((_, row) => 1 + (row % 3)) },
    )
    const first = start % cells.length
    return { table, levels, first, end: first + 1 + (size % (cells.length - first)), cut, missingLeft }
  })

t.test('both sides keep their order, and each sample its row, weight and target', async (t) => {
  let parted = 0
  fc.assert(
    fc.property(problems, (problem) => {
      const { first, end } = problem
      const { plan, workspace, node, split } = start(problem)
      if (split === undefined) return true
      const before = samplesOf(workspace)
      const isLeft = (row: number) => {
        const code = plan.codes[row * plan.stride + 1]
        if (code === MISSING && split.missing) return problem.missingLeft
        return problem.levels ? hasBit(split.subset, code) : code <= split.at
      }
      const inside = before.slice(first, end)
      const expected = [
        ...before.slice(0, first),
        ...inside.filter(({ row }) => isLeft(row)),
        ...inside.filter(({ row }) => !isLeft(row)),
        ...before.slice(end),
      ]
      const left = inside.filter(({ row }) => isLeft(row)).length
      const middle = partition(plan, workspace, node, split)
      if (left > 0 && left < inside.length) parted++
      return middle === first + left && JSON.stringify(samplesOf(workspace)) === JSON.stringify(expected)
    }),
    { numRuns: 200, seed: 1 },
  )
  t.ok(parted > 60, 'many had two sides')
})

t.test(
  'the threshold is the midpoint of the values next to the cut, and says of every row what the code says',
  async (t) => {
    let settled = 0
    fc.assert(
      fc.property(problems, (problem) => {
        const { table, first, end } = problem
        const { plan, workspace, node, split } = start(problem)
        if (split === undefined || problem.levels) return true
        const [, column] = table.columns
        const middle = partition(plan, workspace, node, split)
        const valuesOf = (from: number, to: number) =>
          Array.from(workspace.rows.subarray(from, to), (row) => column[row]).filter((value) => !Number.isNaN(value))
        const [below, above] = [Math.max(...valuesOf(first, middle)), Math.min(...valuesOf(middle, end))]
        if (above === Number.POSITIVE_INFINITY) return split.threshold === MAX_FLOAT32 && split.firstRight === 65_536
        settled++
        return (
          Math.abs(split.threshold - (below + above) / 2) <= 2 ** -24 * Math.abs(below + above) &&
          plan.columns[1].low[split.lastLeft] === below &&
          plan.columns[1].low[split.firstRight] === above &&
          column.every(
            (value, row) => Number.isNaN(value) || value <= split.threshold === plan.codes[row * 2 + 1] <= split.at,
          )
        )
      }),
      { numRuns: 200, seed: 1 },
    )
    t.ok(settled > 30, 'many had a value on each side')
  },
)

t.test('what the node does not hold goes to its larger side, on a tie right, or where missing values go', async () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const { first, end } = problem
      const { plan, workspace, node, split } = start(problem)
      if (split === undefined) return true
      const chosen = split.subset.slice()
      const middle = partition(plan, workspace, node, split)
      const missingLeft = split.missing ? problem.missingLeft : middle - first > end - middle
      if (split.missingLeft !== missingLeft) return false
      return Array.from({ length: 32 * split.subset.length }, (_, level) => level).every(
        (level) =>
          hasBit(split.subset, level) ===
          (hasBit(split.held, level) ? hasBit(chosen, level) : missingLeft && level < LEVELS),
      )
    }),
    { numRuns: 200, seed: 1 },
  )
})

t.test('between quantile codes the cut is in the middle of those the node does not hold', async (t) => {
  const rows = 70_000
  const ascending = Float32Array.from({ length: rows }, (_, row) => row)
  const table = { ...tableOf([[0, 0]], [0]), rows, columns: [new Float32Array(rows), ascending] }
  const { plan, workspace } = nodeOf({ ...table, target: new Float64Array(rows) })
  const { low, high, exact } = plan.columns[1]
  t.equal(exact, false)
  workspace.rows.set([60_000, 9, 20_000])
  const node = createNode()
  measure(plan, workspace, node, 0, 3)
  const code = (row: number) => plan.codes[row * plan.stride + 1]
  const split = { ...emptySplit(), at: code(20_000) }
  t.equal(partition(plan, workspace, node, split), 2)
  t.same([...workspace.rows.subarray(0, 3)], [9, 20_000, 60_000])
  t.same([split.lastLeft, split.firstRight], [code(20_000), code(60_000)])
  t.equal(split.at, Math.floor((code(20_000) + code(60_000) - 1) / 2))
  t.equal(split.threshold, (high[split.at] + low[split.at + 1]) / 2)
})

t.test('random cuts part by the values themselves', async (t) => {
  const cells = [0.5, 2, null, 0.75, 0.5].map((value, row) => [row, value])
  const table = tableOf(cells, [0, 1, 0, 1, 0], { classes: 2 })
  const { plan, workspace, node } = nodeOf(table, { splitter: 'random' })
  const split = { ...emptySplit(), threshold: 0.5, missing: true, missingLeft: true }
  t.equal(partition(plan, workspace, node, split), 3)
  t.same([...workspace.rows], [0, 2, 4, 1, 3])
  t.same([...workspace.label], [0, 0, 0, 1, 1])
  t.equal(split.threshold, 0.5)
})

interface Problem {
  table: Table
  levels: boolean
  first: number
  end: number
  cut: number
  missingLeft: boolean
}

function start(problem: Problem) {
  const made = nodeOf(problem.table, {}, problem.first, problem.end)
  return { ...made, split: splitOf(problem, made.plan, made.workspace) }
}

/** Sends left the values, or every other level held, up to that of a sample; undefined where no sample has a value. */
function splitOf(
  { table, levels, first, end, cut, missingLeft }: Problem,
  plan: Plan,
  workspace: Workspace,
): Split | undefined {
  const codes = Array.from(workspace.rows.subarray(first, end), (row) => plan.codes[row * plan.stride + 1])
  const missing = table.signature.features[1].missing && codes.includes(MISSING)
  const held = codes.filter((code) => !missing || code !== MISSING)
  if (held.length === 0) return undefined
  const split = { ...emptySplit(), at: held[cut % held.length], missing, missingLeft }
  if (!levels) return split
  return { ...split, subset: bitsOf(held.filter((level) => (level + cut) % 2 === 0)), held: bitsOf(held) }
}

function emptySplit(): Split {
  return {
    feature: 1,
    score: 0,
    at: 0,
    threshold: Number.NaN,
    missingLeft: false,
    missing: false,
    lastLeft: 0,
    firstRight: 0,
    subset: new Uint32Array(0),
    held: new Uint32Array(0),
  }
}

function samplesOf({ rows, weight, label }: Workspace): { row: number; weight: number; label: number }[] {
  return Array.from(rows, (row, i) => ({ row, weight: weight[i], label: label[i] }))
}

function bitsOf(levels: readonly number[]): Uint32Array {
  const bits = new Uint32Array(2)
  for (const level of levels) bits[level >> 5] |= 1 << (level & 31)
  return bits
}

function hasBit(bits: Uint32Array, level: number): boolean {
  return ((bits[level >> 5] >>> (level & 31)) & 1) === 1
}
