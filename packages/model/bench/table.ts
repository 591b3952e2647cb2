import { Random } from '../src/random.ts'
import type { Table } from '../src/table.ts'

const INFORMATIVE = 10
const REDUNDANT = 5

/** A table to train on and, row-major, rows to try the forest on. */
export interface Bench {
  readonly train: Table
  readonly test: { readonly rows: number; readonly values: Float32Array; readonly target: Uint16Array }
}

/**
 * A seeded table in the manner of scikit-learn's make_classification: two classes of two Gaussian clusters each around
 * corners of a cube in 10 dimensions, 5 columns that are sums of those, the rest noise, 1 % of the labels drawn anew. The
 * last fifth of the rows is the test.
 */
export function makeBench(rows: number, features: number, seed: number): Bench {
  const random = Random.ofTree(seed, 0)
  const clusters = Array.from({ length: 4 }, (_, k) => ({
    of: k & 1,
    corner: Array.from({ length: INFORMATIVE }, () => (random.next() & 1 ? 1 : -1)),
    mix: matrix(INFORMATIVE, INFORMATIVE, random),
  }))
  const combine = matrix(INFORMATIVE, REDUNDANT, random)
  const values = new Float32Array(rows * features)
  const target = new Uint16Array(rows)
  for (let row = 0; row < rows; row++) {
    const { of, corner, mix } = clusters[random.below(4)]
    const noise = corner.map(() => gauss(random))
    const informative = corner.map((c, f) => c + noise.reduce((sum, x, i) => sum + x * mix[i][f], 0))
    for (let f = 0; f < features; f++) {
      const r = f - INFORMATIVE
      values[row * features + f] =
        r < 0
          ? informative[f]
          : r < REDUNDANT
            ? informative.reduce((sum, x, i) => sum + x * combine[i][r], 0)
            : gauss(random)
    }
    target[row] = random.share() < 0.01 ? random.next() & 1 : of
  }
  return splitLast(values, target, rows, features)
}

function splitLast(values: Float32Array, target: Uint16Array, rows: number, features: number): Bench {
  const count = Math.floor(rows * 0.8)
  const columns = Array.from({ length: features }, (_, f) =>
    Float32Array.from({ length: count }, (_, row) => values[row * features + f]),
  )
  return {
    train: {
      signature: {
        features: columns.map((column, f) => ({
          name: `x${f}`,
          type: 'number',
          missing: false,
          min: column.reduce((a, b) => Math.min(a, b)),
          max: column.reduce((a, b) => Math.max(a, b)),
        })),
        target: { name: 'y', type: 'class', classes: ['no', 'yes'] },
      },
      rows: count,
      columns,
      target: target.slice(0, count),
    },
    test: { rows: rows - count, values: values.slice(count * features), target: target.slice(count) },
  }
}

function matrix(rows: number, columns: number, random: Random): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random.share() - 1))
}

/** Box and Muller's method. */
export function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.share())) * Math.cos(2 * Math.PI * random.share())
}
