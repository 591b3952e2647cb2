import type { Dataset, Feature, Signature } from '@copse/dataset'

/** A value of a row: a number, a level's text, or nothing. */
export type Value = number | string | null

/** One row to ask about. */
export interface Sample {
  /** In the signature's order. */
  readonly values: readonly Value[]
  /** What it is in truth, where that is known. */
  readonly truth?: string
}

const SAMPLES = 6
/** Rows of each class, by their number within the class: neither its first nor its most typical ones. */
const ROWS_OF_CLASS = [10, 35]

/** Two rows of each class of a table. */
export function samplesOf(table: Dataset): Sample[] {
  const { target } = table.signature
  if (target.type !== 'class') return []
  const rows = Array.from({ length: table.rows }, (_, row) => row)
  return target.classes.flatMap((truth, index) => {
    const ofClass = rows.filter((row) => table.target[row] === index)
    return ROWS_OF_CLASS.map((row) => ({ values: table.row(ofClass[row]), truth }))
  })
}

/** Six rows for any model: numbers from the least to the greatest that training saw, levels one after the other. */
export function samplesFrom({ features }: Signature): Sample[] {
  return Array.from({ length: SAMPLES }, (_, index) => ({
    values: features.map((feature) => valueAt(feature, index)),
  }))
}

function valueAt(feature: Feature, index: number): Value {
  if (feature.type === 'category') return feature.levels[index % Math.max(feature.levels.length, 1)] ?? null
  const { min, max } = feature
  if (min === null || max === null) return null
  const value = min + (max - min) * (index / (SAMPLES - 1))
  const rounded = Number.isInteger(min) && Number.isInteger(max) ? Math.round(value) : Number(value.toPrecision(6))
  return Math.min(Math.max(rounded, min), max)
}
