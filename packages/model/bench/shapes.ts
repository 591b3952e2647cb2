import { cpus } from 'node:os'
import { train } from '../src/index.ts'
import { Random } from '../src/random.ts'
import type { Table } from '../src/table.ts'

type Cell = (row: number, f: number) => number

const ROWS = 100_000
const random = Random.ofTree(1, 0)

/** Columns of a table of 100,000 x 20, two classes, unless said otherwise. */
const SHAPES: readonly {
  name: string
  rows?: number
  columns?: number
  classes?: number
  period?: number
  cell: Cell
}[] = [
  { name: 'distinct floats (to compare with)', cell: () => random.share() },
  { name: 'two values a column', period: 2.5, cell: () => random.below(2) },
  { name: 'ten values a column', period: 7.5, cell: () => random.below(10) },
  { name: 'constant but for one column', cell: (_, f) => (f === 7 ? random.share() : 3) },
  { name: 'ascending rows', period: 3e4, cell: (row, f) => row + f },
  { name: 'descending rows', period: 3e4, cell: (row) => -row },
  { name: 'every row ten times', period: 5000, cell: (row, f) => (Math.floor(row / 10) * 7919 + f * 104_729) % 9973 },
  { name: 'one column twenty times', period: 3e4, cell: (row) => (row * 7919) % 99_991 },
  { name: 'nothing but missing in half of the columns', cell: (_, f) => (f % 2 === 0 ? Number.NaN : random.share()) },
  { name: 'one heavy value, 1 % others', cell: () => (random.below(100) === 0 ? random.share() : 0.5) },
  { name: '1,000 columns, 5,000 rows', rows: 5000, columns: 1000, cell: () => random.share() },
  { name: '500 classes', classes: 500, cell: () => random.share() },
  { name: '1 row', rows: 1, cell: () => random.share() },
  { name: '2 rows', rows: 2, cell: () => random.share() },
]

/** Trains 10 trees on tables of awkward shapes and prints CPU seconds: none should take long for its size. */
export async function benchShapes(): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}; 10 trees, calling thread\n`)
  console.log('| shape | exact, CPU s | 256 bins | random cuts | nodes, exact |\n|---|---|---|---|---|')
  for (const { name, rows = ROWS, columns = 20, classes = 2, period = 1, cell } of SHAPES) {
    const table = tableOf(rows, columns, classes, period, cell)
    const results: string[] = []
    let nodes = 0
    for (const way of [{}, { maxBins: 256 }, { splitter: 'random', bootstrap: false } as const]) {
      const before = process.cpuUsage()
      const forest = await train(table, { ...way, nEstimators: 10, seed: 1 })
      const { user, system } = process.cpuUsage(before)
      results.push(((user + system) / 1e6).toFixed(2))
      if (Object.keys(way).length === 0) nodes = forest.nodeCount
    }
    console.log(`| ${name} | ${results.join(' | ')} | ${nodes} |`)
  }
}

/**
 * The class goes with the sum of two columns, one of them the only one that varies everywhere, and in one row of fifty with
 * chance: rows drawn by chance are what decides how many nodes a tree has, so they are few and as many in every shape.
 */
function tableOf(rows: number, columns: number, classes: number, period: number, cell: Cell): Table {
  const values = Array.from({ length: columns }, (_, f) =>
    Float32Array.from({ length: rows }, (_, row) => cell(row, f)),
  )
  const target = Uint16Array.from({ length: rows }, (_, row) => {
    const sum = (values[7][row] + values[9][row]) / period
    const part = sum - Math.floor(sum)
    return random.below(50) === 0 || Number.isNaN(part) ? random.below(classes) : Math.floor(part * classes)
  })
  return {
    rows,
    columns: values,
    target,
    signature: {
      features: values.map((column, f) => ({
        name: `x${f}`,
        type: 'number',
        missing: column.includes(Number.NaN),
        min: 0,
        max: 1,
      })),
      target: { name: 'y', type: 'class', classes: Array.from({ length: classes }, (_, k) => `c${k}`) },
    },
  }
}
