import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { Grower } from '../src/grow.ts'
import { type Parameters, train } from '../src/index.ts'
import { KernelGrower } from '../src/kernel-grower.ts'
import { fitsKernel, type KernelShare, shareKernel } from '../src/kernel-share.ts'
import { randomNumbers } from './tables.ts'
import { type Cells, planOf, score, tableOf } from './training-tables.ts'

/* Tables of awkward shapes: their target is a function of the row, so a tree on all rows must learn it by heart. */

interface Shape {
  readonly rows?: number
  readonly columns?: number
  readonly classes?: number
  readonly cell: (row: number, f: number) => number | null
  /** Columns that tell nothing, and so must have no importance. */
  readonly idle?: (f: number) => boolean
}

const random = randomNumbers(7)
const SHAPES: Readonly<Record<string, Shape>> = {
  'two values a column': { cell: () => Math.floor(random() * 2) },
  'ten values a column': { cell: () => Math.floor(random() * 10) },
  'constant but for one column': { cell: (row, f) => (f === 2 ? row : 5), idle: (f) => f !== 2 },
  'ascending rows': { cell: (row) => row },
  'descending rows': { cell: (row) => -row },
  'every row ten times': { cell: (row, f) => (Math.floor(row / 10) * 7919 + f) % 997 },
  'nothing but missing in most columns': { cell: (row, f) => (f === 2 ? row : null), idle: (f) => f !== 2 },
  'missing in every other cell': { cell: (row, f) => ((row + f) % 2 === 0 ? null : (row * 7919) % 3001) },
  'one heavy value': { cell: (row) => (row % 100 === 0 ? row : 5) },
  '1,000 columns': { rows: 100, columns: 1000, cell: () => random() },
  '500 classes': { classes: 500, cell: () => random() },
  '1 row': { rows: 1, cell: () => random() },
  '2 rows': { rows: 2, cell: (row) => row },
}

const WAYS: Readonly<Record<string, Parameters>> = {
  exact: {},
  '256 bins': { maxBins: 256 },
  'random cuts': { splitter: 'random' },
}

for (const [name, shape] of Object.entries(SHAPES)) {
  t.test(name, async (t) => {
    const { classes = 3, idle = () => false } = shape
    const table = tableOf(...rowsOf(shape, classes), { classes })
    for (const [way, parameters] of Object.entries(WAYS)) {
      const given = { nEstimators: 2, bootstrap: false, seed: 3, ...parameters }
      const forest = await train(table, given)
      t.equal(score(forest, table), 1, `${way}: every row is known by heart`)
      const { importances } = forest.summary
      t.ok(
        importances.every((share, f) => !idle(f) || share === 0),
        `${way}: idle columns have no importance`,
      )
      const plan = planOf(table, given)
      if (!fitsKernel(plan)) continue
      const kernel = new KernelGrower(plan, atOnce(shareKernel(plan, 1)) as KernelShare, 0)
      t.same(atOnce(kernel.grow(0)), atOnce(new Grower(plan).grow(0)), `${way}: the kernel and its twin agree`)
    }
  })
}

/** Rows, and a class for each that follows from its cells alone. */
function rowsOf({ rows = 3000, columns = 5, cell }: Shape, classes: number): [Cells, number[]] {
  const cells = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, f) => cell(row, f)))
  const numberOf = new Map<string, number>()
  const target = cells.map((row) => {
    const key = row.slice(0, 5).join()
    if (!numberOf.has(key)) numberOf.set(key, numberOf.size)
    return (numberOf.get(key) as number) % classes
  })
  return [cells, target]
}
