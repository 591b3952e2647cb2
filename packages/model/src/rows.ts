import { ModelError } from './errors.ts'
import type { Feature, Signature } from './table.ts'

/**
 * One row. An array holds the features in order; a named object holds them by name, and an absent key is a missing value.
 * In both a number feature is a number, a category is its text, and null (or NaN for a number) is missing. In a typed
 * array a category is the index of its level and NaN is missing.
 */
export type Row = ArrayLike<number | string | null> | { readonly [feature: string]: number | string | null | undefined }

/** Rows in any form; a typed array is row-major. */
export type Rows = readonly Row[] | Float32Array | Float64Array

/** What reading rows needs to know of a signature. */
export interface RowPlan {
  readonly features: readonly Feature[]
  readonly known: ReadonlySet<string>
  /** By feature: a category's level indices by text. */
  readonly levels: readonly (ReadonlyMap<string, number> | undefined)[]
}

export function planRows(signature: Signature): RowPlan {
  const { features } = signature
  return {
    features,
    known: new Set(features.map((feature) => feature.name)),
    levels: features.map((feature) =>
      feature.type === 'category' ? new Map(feature.levels.map((level, index) => [level, index])) : undefined,
    ),
  }
}

/**
 * Rows as row-major float32 [rows * features], cast once. A level that training did not see becomes an index beyond
 * the levels.
 *
 * @throws ModelError MODEL_ERR_ROW naming the row (from 0) and the feature, never the value: a wrong length, an unknown
 * key, a value of another type, an infinity or a number beyond float32, a missing value where training saw none.
 */
export function encodeRows(rows: Rows, plan: RowPlan): Float32Array {
  const count = plan.features.length
  if (isNumbers(rows)) {
    if (rows.length % count !== 0) {
      throw rowError(`The rows have ${rows.length} values, expected a multiple of ${count}, the number of features.`)
    }
    const values = Float32Array.from(rows)
    for (let i = 0; i < values.length; i++) checkNumber(values[i], plan, Math.floor(i / count), i % count)
    return values
  }
  if (!Array.isArray(rows)) throw rowError('The rows are no array, expected an array of rows or a typed array.')
  const values = new Float32Array(rows.length * count)
  for (let row = 0; row < rows.length; row++) encodeRow(rows[row], plan, row, values)
  return values
}

function encodeRow(row: unknown, plan: RowPlan, index: number, values: Float32Array): void {
  const { features } = plan
  const base = index * features.length
  if (isNumbers(row)) {
    checkRowLength(row.length, features.length, index)
    for (let f = 0; f < features.length; f++) values[base + f] = checkNumber(Math.fround(row[f]), plan, index, f)
  } else if (Array.isArray(row)) {
    checkRowLength(row.length, features.length, index)
    for (let f = 0; f < features.length; f++) values[base + f] = encodeValue(row[f], plan, index, f)
  } else if (typeof row === 'object' && row !== null && !ArrayBuffer.isView(row)) {
    for (const key of Object.keys(row)) if (!plan.known.has(key)) throw unknownKey(key, index)
    const named = row as { readonly [feature: string]: unknown }
    for (let f = 0; f < features.length; f++) {
      const { name } = features[f]
      const value = Object.hasOwn(named, name) ? named[name] : undefined
      values[base + f] = encodeValue(value === undefined ? null : value, plan, index, f)
    }
  } else throw rowError(`Row ${index} is no row, expected an array or an object by feature name.`)
}

function encodeValue(value: unknown, plan: RowPlan, row: number, f: number): number {
  const levels = plan.levels[f]
  if (value === null || Number.isNaN(value)) return checkNumber(Number.NaN, plan, row, f)
  if (levels === undefined) {
    if (typeof value === 'number') return checkNumber(Math.fround(value), plan, row, f)
    throw rowError(`${place(plan, row, f)} is ${kind(value)}, expected a number.`)
  }
  if (typeof value === 'string') return levels.get(value) ?? levels.size
  throw rowError(`${place(plan, row, f)} is ${kind(value)}, expected the text of a category.`)
}

/** A float32: finite, or NaN where the feature may be missing. */
function checkNumber(value: number, plan: RowPlan, row: number, f: number): number {
  if (Number.isFinite(value)) return value
  if (!Number.isNaN(value)) throw rowError(`${place(plan, row, f)} is infinite in float32, expected a finite number.`)
  if (plan.features[f].missing) return value
  throw rowError(`${place(plan, row, f)} is missing, expected a value, because training saw none missing.`)
}

function checkRowLength(found: number, expected: number, row: number): void {
  if (found !== expected) throw rowError(`Row ${row} has ${found} values, expected ${expected}.`)
}

function isNumbers(value: unknown): value is ArrayLike<number> {
  return ArrayBuffer.isView(value) && !otherViews.some((Type) => value instanceof Type)
}

const otherViews = [DataView, BigInt64Array, BigUint64Array]

function place(plan: RowPlan, row: number, f: number): string {
  return `Row ${row}, feature ${JSON.stringify(plan.features[f].name)},`
}

function kind(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'number') return 'a number'
  if (typeof value === 'string') return 'a text'
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`
}

function unknownKey(key: string, row: number): ModelError {
  const name = key.length <= 40 ? JSON.stringify(key) : `of ${key.length} characters`
  return rowError(`Row ${row} has a key ${name}, expected names of features only.`)
}

function rowError(message: string): ModelError {
  return new ModelError('MODEL_ERR_ROW', message)
}
