import { Random } from '../src/random.ts'
import type { Table } from '../src/table.ts'
import { gauss, makeBench } from './table.ts'

/** Seeded tables of the size and manner of those that `--peers` trains on, for what needs no peer. */
export const LIKE: Readonly<Record<string, (seed: number) => Table>> = {
  syn100k: (seed) => makeBench(100_000, 20, seed).train,
  letter: likeLetter,
  diamonds: likeDiamonds,
}

/** 16,000 x 16 whole numbers 0..15, 26 classes of one cluster each. */
function likeLetter(seed: number): Table {
  const random = Random.ofTree(seed, 1)
  const rows = 16_000
  const centres = Array.from({ length: 26 }, () => Array.from({ length: 16 }, () => 4 + 7 * random.share()))
  const target = Uint16Array.from({ length: rows }, () => random.below(26))
  const columns = Array.from({ length: 16 }, (_, f) =>
    Float32Array.from({ length: rows }, (_, row) =>
      Math.min(15, Math.max(0, Math.round(centres[target[row]][f] + 1.6 * gauss(random)))),
    ),
  )
  const classes = Array.from({ length: 26 }, (_, k) => String.fromCharCode(65 + k))
  return tableOf(columns, target, { name: 'letter', type: 'class', classes })
}

/** 43,152 x 9: four measures that go with one size, three grades of 5, 7 and 8 steps, two shapes; a skew price. */
function likeDiamonds(seed: number): Table {
  const random = Random.ofTree(seed, 2)
  const rows = 43_152
  const columns = Array.from({ length: 9 }, () => new Float32Array(rows))
  const target = new Float64Array(rows)
  const to = (x: number, step: number) => Math.round(x / step) * step
  for (let row = 0; row < rows; row++) {
    const carat = to(0.2 + Math.exp(0.6 * gauss(random) - 0.6), 0.01)
    const grades = [5, 7, 8].map((steps) => random.below(steps))
    const depth = to(61.7 + 1.4 * gauss(random), 0.1)
    const width = 6.4 * Math.cbrt(carat) + 0.03 * gauss(random)
    const cells = [carat, ...grades, depth, to(57.5 + 2.2 * gauss(random), 1), width, width + 0.05 * gauss(random)]
    cells.push((width * depth) / 100)
    for (let f = 0; f < 9; f++) columns[f][row] = f < 6 ? cells[f] : to(cells[f], 0.01)
    const quality = 0.03 * grades[0] + 0.08 * grades[1] + 0.11 * grades[2]
    target[row] = Math.round(Math.exp(7 + 1.7 * Math.log(carat) + quality + 0.1 * gauss(random)))
  }
  return tableOf(columns, target, { name: 'price', type: 'number' })
}

export function tableOf(columns: Float32Array[], target: Table['target'], about: Table['signature']['target']): Table {
  const features = columns.map((column, f) => ({
    name: `x${f}`,
    type: 'number' as const,
    missing: false,
    min: column.reduce((a, b) => Math.min(a, b)),
    max: column.reduce((a, b) => Math.max(a, b)),
  }))
  return { signature: { features, target: about }, rows: target.length, columns, target }
}
