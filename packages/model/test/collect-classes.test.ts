import fc from 'fast-check'
import t from 'tap'
import type { Bins } from '../src/bins.ts'
import { collectClasses } from '../src/collect-classes.ts'
import { gather, type Span } from '../src/gather.ts'
import { same } from './same.ts'
import { nodeOf, tableOf } from './training-tables.ts'

/** Cells of few values, which are counted, and of many, which are sorted. */
const problems = fc.record({
  cells: fc.array(fc.option(fc.nat({ max: 5000 }), { freq: 5 }), { minLength: 3, maxLength: 60 }),
  distinct: fc.constantFrom(2, 9, 5001),
  classes: fc.integer({ min: 3, max: 6 }),
  start: fc.nat({ max: 3 }),
  shift: fc.constantFrom(0, 0, 1, 4),
})

t.test('weight is summed by bin and class, bins ascending and none of them empty', async () => {
  fc.assert(
    fc.property(problems, ({ cells, distinct, classes, start, shift }) => {
      const values = cells.map((cell) => (cell === null ? null : cell % distinct))
      const target = cells.map((_, row) => (row * row + (row >> 2)) % classes)
      fc.pre(new Set(target.slice(start)).size > 2)
      return checkBins(values, target, classes, start, shift)
    }),
    { numRuns: 200 },
  )
})

t.test('a node too large for sort keys is sorted too', async (t) => {
  const values = Array.from({ length: 66_000 }, (_, row) => (row % 11 === 0 ? null : (row * 403) % 5003))
  const target = values.map((_, row) => (row >> 3) % 60)
  t.ok(checkBins(values, target, 60, 0, 0))
})

/** Compares the bins of a node, whose entries may name a class of a bin more than once, with sums taken sample by sample. */
function checkBins(
  values: readonly (number | null)[],
  target: readonly number[],
  classes: number,
  start: number,
  shift: number,
): boolean {
  const weights = values.map((_, row) => 1 + (row % 5))
  const table = tableOf(
    values.map((value) => [value]),
    target,
    { classes, weights },
  )
  const { plan, workspace, node } = nodeOf(table, {}, start)
  const span: Span = { min: 0, max: 0, missing: 0, levels: 0 }
  gather(plan, workspace, node, 0, span)
  if (span.max < span.min) return true
  const expected = new Map<number, { byClass: number[]; rows: number }>()
  const missing = { byClass: new Array<number>(classes).fill(0), rows: 0 }
  for (let row = start; row < values.length; row++) {
    const bin = (plan.codes[row * plan.stride] - span.min) >> shift
    const sums =
      values[row] === null ? missing : (expected.get(bin) ?? { byClass: new Array<number>(classes).fill(0), rows: 0 })
    sums.byClass[target[row]] += weights[row]
    sums.rows++
    if (values[row] !== null) expected.set(bin, sums)
  }
  const bins: Bins = { count: 0, shift, missingWeight: -1, missingSecond: 0 }
  collectClasses(workspace, node, span, bins)
  const { binCode, binRows, binEnd, entryClass, entryWeight, without, classAt } = workspace
  const ordered = [...expected].sort(([a], [b]) => a - b)
  const noValue = new Array<number>(classes).fill(0)
  if (missing.rows > 0) for (let c = 0; c < node.classes; c++) noValue[classAt[c]] = without[c]
  return (
    bins.count === ordered.length &&
    bins.missingWeight === missing.byClass.reduce((a, b) => a + b) &&
    same(noValue, missing.byClass) &&
    ordered.every(([bin, { byClass, rows }], i) => {
      const found = new Array<number>(classes).fill(0)
      for (let e = i === 0 ? 0 : binEnd[i - 1]; e < binEnd[i]; e++) found[classAt[entryClass[e]]] += entryWeight[e]
      return binCode[i] === bin && binRows[i] === rows && same(found, byClass)
    })
  )
}
