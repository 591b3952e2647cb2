import { shortestFloat32 } from './decimal.ts'
import { digestTable } from './digest.ts'
import { DatasetError } from './errors.ts'
import type { RowsOptions } from './options.ts'
import { buildFromRows, type InputRow } from './rows.ts'
import type { Signature } from './signature.ts'
import { quoted } from './source.ts'

/** The parts of a dataset. */
export interface DatasetParts {
  readonly signature: Signature
  readonly rows: number
  readonly columns: readonly Float32Array[]
  readonly target: Uint16Array | Float64Array
  readonly weights?: Float64Array | undefined
  readonly name: string
  readonly warnings?: readonly string[] | undefined
}

/**
 * A typed table: one float32 column a feature and a target. Made by `readCsv`, `iris` or `Dataset.fromRows`; nothing here
 * checks the parts given to the constructor. The arrays are the dataset's own: read them, do not write them.
 */
export class Dataset {
  readonly signature: Signature
  readonly rows: number
  /** Column f belongs to `signature.features[f]`; a category is the index of its level; missing is NaN; never infinite. */
  readonly columns: readonly Float32Array[]
  /** Class indices for a class target, finite values for a number target. */
  readonly target: Uint16Array | Float64Array
  /** Row weights, finite and >= 0; absent means 1 each. */
  readonly weights: Float64Array | undefined
  readonly name: string
  /** What is allowed but seldom meant, a sentence each. */
  readonly warnings: string[]

  constructor(parts: DatasetParts) {
    this.signature = parts.signature
    this.rows = parts.rows
    this.columns = parts.columns
    this.target = parts.target
    this.weights = parts.weights
    this.name = parts.name
    this.warnings = [...(parts.warnings ?? [])]
  }

  /**
   * A table from rows in memory, all arrays or all objects. An array holds the features and then the target; an object
   * holds values by column name, an absent key being missing. A value is text, a number, a boolean, a bigint, null or
   * undefined; texts are typed as `readCsv` does it. Errors name a row by its index from 0.
   */
  static fromRows(rows: readonly InputRow[], options: RowsOptions): Dataset {
    return new Dataset(buildFromRows(rows, options))
  }

  /** The rows at `indices` (each in 0..rows-1, any order, repeats allowed), with the same signature and warnings. */
  select(indices: ArrayLike<number>): Dataset {
    for (let i = 0; i < indices.length; i++) this.#checkRow(indices[i])
    const rows = indices.length
    return new Dataset({
      ...this,
      rows,
      columns: this.columns.map((column) => pick(column, new Float32Array(rows), indices)),
      target: pick(this.target, this.#emptyTarget(rows), indices),
      weights: this.weights && pick(this.weights, new Float64Array(rows), indices),
    })
  }

  /** The same table with a weight for each row, finite and >= 0, not all 0. */
  withWeights(weights: ArrayLike<number>): Dataset {
    const own = Float64Array.from(weights)
    const sound = own.length === this.rows && own.every((weight) => weight >= 0 && weight < Number.POSITIVE_INFINITY)
    if (!sound || !own.some((weight) => weight > 0)) {
      throw new DatasetError('DATASET_ERR_OPTION', `Expected ${this.rows} finite weights >= 0 that are not all 0.`)
    }
    return new Dataset({ ...this, weights: own })
  }

  /** The features of row i in order: a level's text, null when missing, or the shortest decimal of the float32. */
  row(i: number): (number | string | null)[] {
    this.#checkRow(i)
    return this.signature.features.map((_, f) => this.#value(i, f))
  }

  /**
   * One value as people read it; empty when missing. `column` is the name of a feature or of the target, or a feature's
   * index, the number of features being the target.
   */
  text(row: number, column: number | string): string {
    this.#checkRow(row)
    const { features, target } = this.signature
    const f = typeof column === 'number' ? column : this.#columnIndex(column)
    if (f === features.length) {
      return target.type === 'class' ? target.classes[this.target[row]] : String(this.target[row])
    }
    if (features[f] === undefined) {
      throw new DatasetError('DATASET_ERR_OPTION', `Expected a column in 0..${features.length} but found ${column}.`)
    }
    return String(this.#value(row, f) ?? '')
  }

  /** SHA-256 in hexadecimal over signature, columns, target and weights in canonical bytes: the same on every platform. */
  digest(): string {
    return digestTable(this)
  }

  #value(row: number, f: number): number | string | null {
    const value = this.columns[f][row]
    if (Number.isNaN(value)) return null
    const feature = this.signature.features[f]
    return feature.type === 'category' ? feature.levels[value] : shortestFloat32(value)
  }

  #columnIndex(name: string): number {
    const { features, target } = this.signature
    if (name === target.name) return features.length
    const f = features.findIndex((feature) => feature.name === name)
    if (f >= 0) return f
    throw new DatasetError('DATASET_ERR_OPTION', `Expected a column of the dataset but found ${quoted(name)}.`)
  }

  #checkRow(row: number): void {
    if (Number.isInteger(row) && row >= 0 && row < this.rows) return
    throw new DatasetError('DATASET_ERR_OPTION', `Expected a row in 0..${this.rows - 1} but found ${row}.`)
  }

  #emptyTarget(rows: number): Uint16Array | Float64Array {
    return this.target instanceof Uint16Array ? new Uint16Array(rows) : new Float64Array(rows)
  }
}

function pick<T extends Float32Array | Float64Array | Uint16Array>(from: T, to: T, indices: ArrayLike<number>): T {
  for (let i = 0; i < indices.length; i++) to[i] = from[indices[i]]
  return to
}
