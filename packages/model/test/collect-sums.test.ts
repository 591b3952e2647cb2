import fc from 'fast-check'
import t from 'tap'
import type { Bins } from '../src/bins.ts'
import { collectSums } from '../src/collect-sums.ts'
import { gather, type Span } from '../src/gather.ts'
import { nodeOf, tableOf } from './training-tables.ts'

/** Cells of few values, which are counted, and of many, which are sorted. */
const problems = fc.record({
  cells: fc.array(fc.option(fc.nat({ max: 5000 }), { freq: 5 }), { minLength: 2, maxLength: 60 }),
  levels: fc.constantFrom(0, 5001),
  distinct: fc.constantFrom(3, 20, 5001),
  classes: fc.constantFrom(0, 2),
  start: fc.nat({ max: 3 }),
  shift: fc.constantFrom(0, 0, 1, 4),
})

t.test('weight, second and rows are summed by bin, ascending and none of them empty', async () => {
  fc.assert(
    fc.property(problems, ({ cells, levels, distinct, classes, start, shift }) => {
      fc.pre(start < cells.length)
      const values = cells.map((cell) => (cell === null ? null : cell % distinct))
      const target = cells.map((_, row) => (classes > 0 ? (row * row) % 2 : row / 4))
      return checkBins(values, target, { classes, levels, start, shift })
    }),
    { numRuns: 200 },
  )
})

t.test('a node too large for sort keys is counted', async (t) => {
  const values = Array.from({ length: 66_000 }, (_, row) => (row % 11 === 0 ? null : (row * 40_503) % 65_521))
  const target = values.map((_, row) => row % 2)
  t.ok(checkBins(values, target, { classes: 2, levels: 0, start: 0, shift: 0 }))
})

/** Compares the bins of a node with sums taken sample by sample. */
function checkBins(
  values: readonly (number | null)[],
  target: readonly number[],
  { classes, levels, start, shift }: { classes: number; levels: number; start: number; shift: number },
): boolean {
  const weights = values.map((_, row) => 1 + (row % 5))
  const table = tableOf(
    values.map((value) => [value]),
    target,
    { classes, weights, ...(levels > 0 ? { levels: { 0: levels } } : {}) },
  )
  const { plan, workspace, node } = nodeOf(table, {}, start)
  const span: Span = { min: 0, max: 0, missing: 0, levels: 0 }
  gather(plan, workspace, node, 0, span)
  if (span.max < span.min) return true
  const expected = new Map<number, [number, number, number]>()
  const missing = [0, 0, 0]
  for (let row = start; row < values.length; row++) {
    const bin = (plan.codes[row * plan.stride] - span.min) >> shift
    const sums = values[row] === null ? missing : (expected.get(bin) ?? [0, 0, 0])
    sums[0] += weights[row]
    sums[1] += workspace.second[row - start]
    sums[2]++
    if (values[row] !== null) expected.set(bin, sums as [number, number, number])
  }
  const ordered = [...expected].sort(([a], [b]) => a - b)
  return [false, true].every((countRows) => {
    const bins: Bins = { count: 0, shift, missingWeight: -1, missingSecond: -1 }
    collectSums(workspace, node, span, countRows, bins)
    const { binCode, binWeight, binSecond, binRows } = workspace
    return (
      bins.count === ordered.length &&
      bins.missingWeight === missing[0] &&
      bins.missingSecond === missing[1] &&
      span.missing === missing[2] &&
      ordered.every(
        ([bin, [weight, second, rows]], i) =>
          binCode[i] === bin &&
          binWeight[i] === weight &&
          binSecond[i] === second &&
          (!countRows || binRows[i] === rows),
      )
    )
  })
}
