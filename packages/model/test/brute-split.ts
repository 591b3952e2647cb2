import type { Table } from '../src/table.ts'
import type { Trees } from '../src/trees.ts'
import { goesLeft, type Reached } from './training-tables.ts'

export type Impurity = 'gini' | 'entropy' | 'squared_error'

/** The slow twin of the split search: tries every cut, subset and side of missing values, one by one. */
export class BruteForce {
  readonly #table: Table
  readonly #impurity: Impurity
  readonly #minLeaf: number

  constructor(table: Table, impurity: Impurity, minLeaf: number) {
    this.#table = table
    this.#impurity = impurity
    this.#minLeaf = minLeaf
  }

  /** Largest decrease of impurity times weight over all features; -Infinity without a split. */
  bestGain(rows: readonly number[]): number {
    let best = Number.NEGATIVE_INFINITY
    for (let f = 0; f < this.#table.columns.length; f++) best = Math.max(best, this.bestGainOf(f, rows))
    return best
  }

  bestGainOf(feature: number, rows: readonly number[]): number {
    const column = this.#table.columns[feature]
    const about = this.#table.signature.features[feature]
    const missing = rows.filter((row) => Number.isNaN(column[row]))
    const values = [...new Set(rows.map((row) => column[row]).filter((value) => !Number.isNaN(value)))].sort(
      (a, b) => a - b,
    )
    const lefts: Set<number>[] = []
    if (about.type === 'number') {
      for (let i = 1; i <= values.length; i++) lefts.push(new Set(values.slice(0, i)))
    } else {
      for (let bits = 1; bits < 2 ** values.length; bits++)
        lefts.push(new Set(values.filter((_, i) => (bits >> i) & 1)))
    }
    let best = Number.NEGATIVE_INFINITY
    for (const left of lefts) {
      const leftRows = rows.filter((row) => left.has(column[row]))
      const rightRows = rows.filter((row) => !Number.isNaN(column[row]) && !left.has(column[row]))
      best = Math.max(
        best,
        this.gain(leftRows, [...rightRows, ...missing]),
        this.gain([...leftRows, ...missing], rightRows),
      )
    }
    return best
  }

  /** Decrease of impurity times weight; -Infinity when a side is too small. */
  gain(left: readonly number[], right: readonly number[]): number {
    if (Math.min(left.length, right.length) < Math.max(1, this.#minLeaf)) return Number.NEGATIVE_INFINITY
    return this.mass([...left, ...right]) - this.mass(left) - this.mass(right)
  }

  gainOfNode(trees: Trees, { node, rows }: Reached): number {
    const column = this.#table.columns[trees.feature[node]]
    const isLeft = (row: number) => goesLeft(trees, node, column[row])
    return this.gain(
      rows.filter(isLeft),
      rows.filter((row) => !isLeft(row)),
    )
  }

  weight(rows: readonly number[]): number {
    return rows.reduce((sum, row) => sum + (this.#table.weights?.[row] ?? 1), 0)
  }

  /** Impurity times weight. */
  mass(rows: readonly number[]): number {
    const { target, weights, signature } = this.#table
    const weight = this.weight(rows)
    if (weight === 0) return 0
    if (signature.target.type === 'number') {
      const mean = rows.reduce((sum, row) => sum + (weights?.[row] ?? 1) * target[row], 0) / weight
      return rows.reduce((sum, row) => sum + (weights?.[row] ?? 1) * (target[row] - mean) ** 2, 0)
    }
    const shares = new Float64Array(signature.target.classes.length)
    for (const row of rows) shares[target[row]] += (weights?.[row] ?? 1) / weight
    const impurity =
      this.#impurity === 'gini'
        ? 1 - shares.reduce((sum, share) => sum + share * share, 0)
        : -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log2(share) : 0), 0)
    return impurity * weight
  }

  isPure(rows: readonly number[]): boolean {
    return rows.every((row) => this.#table.target[row] === this.#table.target[rows[0]])
  }
}
