import { type ClassWeights, toWhole, weighClasses } from './class-weights.ts'
import { ModelError } from './errors.ts'
import { exponentOf, powerOfTwo } from './logarithm.ts'
import type { ResolvedParameters } from './parameters.ts'
import type { Table } from './table.ts'

/** Largest weight of a row that is kept in a byte. */
export const MAX_WEIGHT = 255

export interface RowWeights {
  /** [rows] row weight (times class weight, unless that is apart), up to a common power of two; absent = 1 each. */
  readonly weights: Float64Array | undefined
  /** Class weights that are kept apart from those of the rows, which are then small whole numbers. */
  readonly classWeights: ClassWeights | undefined
}

/**
 * Weighs the rows of a checked table.
 *
 * @throws ModelError MODEL_ERR_TABLE where no row weighs anything.
 */
export function weighRows(
  table: Table,
  parameters: ResolvedParameters,
  allocate: (bytes: number) => ArrayBufferLike,
): RowWeights {
  const byClass = weighClasses(table, parameters)
  if (table.weights === undefined && byClass === undefined) return { weights: undefined, classWeights: undefined }
  const weights = new Float64Array(allocate(table.rows * 8))
  let whole = true
  let largest = 0
  for (let row = 0; row < weights.length; row++) {
    const weight = (table.weights?.[row] ?? 1) * (byClass?.[table.target[row]] ?? 1)
    weights[row] = weight
    if (!Number.isInteger(weight)) whole = false
    if (weight > largest) largest = weight
  }
  if (largest === 0)
    throw new ModelError('MODEL_ERR_TABLE', 'No row has a weight above 0, but training needs one that has.')
  if (byClass !== undefined && !(whole && largest <= MAX_WEIGHT) && isSmall(table.weights)) {
    const most = table.rows * (table.weights?.reduce((a, b) => Math.max(a, b)) ?? 1)
    const classWeights = toWhole(byClass, most)
    if (classWeights !== undefined) {
      for (let row = 0; row < weights.length; row++) {
        weights[row] = byClass[table.target[row]] > 0 ? (table.weights?.[row] ?? 1) : 0
      }
      return { weights: weights.every((weight) => weight === 1) ? undefined : weights, classWeights }
    }
  }
  // Whole weights stay what they are; others are brought near 1 by a power of two, which loses nothing.
  if (!(whole && largest * table.rows < 2 ** 40)) {
    const scale = powerOfTwo(-exponentOf(largest))
    for (let row = 0; row < weights.length; row++) weights[row] *= scale
  }
  return { weights, classWeights: undefined }
}

/** Rows of weight > 0, ascending; undefined = all of them. */
export function presentRows(
  weights: Float64Array,
  allocate: (bytes: number) => ArrayBufferLike,
): Uint32Array | undefined {
  let count = 0
  for (let row = 0; row < weights.length; row++) if (weights[row] > 0) count++
  if (count === weights.length) return undefined
  const present = new Uint32Array(allocate(count * 4))
  for (let row = 0, i = 0; row < weights.length; row++) if (weights[row] > 0) present[i++] = row
  return present
}

/** What a tree of so many rows weighs at most. */
export function mostWeight(rows: number, weights?: Float64Array, classWeights?: ClassWeights): number {
  const most = (numbers: Float64Array) => numbers.reduce((a, b) => Math.max(a, b), 0)
  return rows * (weights ? most(weights) : 1) * (classWeights ? most(classWeights.whole) : 1)
}

/** Whether weights are whole numbers that fit a byte each. */
export function isSmall(weights: Float64Array | undefined): boolean {
  return weights === undefined || weights.every((weight) => Number.isInteger(weight) && weight <= MAX_WEIGHT)
}
