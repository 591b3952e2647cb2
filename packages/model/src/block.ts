import { ModelError } from './errors.ts'

/** Rows as numbers: row-major [rows * features], or one Float32Array a feature. */
export type NumberRows = ArrayLike<number> | readonly Float32Array[]

/** @throws ModelError MODEL_ERR_ROW when the lengths are not those of whole rows. */
export function rowCount(rows: NumberRows, features: number): number {
  if (!isColumns(rows)) {
    if (rows.length % features === 0) return rows.length / features
    throw blockError(`The rows have ${rows.length} values, expected a multiple of ${features}, the number of features.`)
  }
  if (rows.length !== features) throw blockError(`There are ${rows.length} columns, expected ${features}.`)
  const wrong = rows.findIndex((column) => column.length !== rows[0].length)
  if (wrong < 0) return rows[0].length
  throw blockError(`Column ${wrong} has ${rows[wrong].length} rows, expected ${rows[0].length} as in column 0.`)
}

/** Copies rows [first, first + count) to the start of `block`, row-major, cast to float32. */
export function copyBlock(rows: NumberRows, first: number, count: number, features: number, block: Float32Array): void {
  if (isColumns(rows)) {
    for (let f = 0; f < features; f++) {
      const column = rows[f]
      for (let row = 0; row < count; row++) block[row * features + f] = column[first + row]
    }
    return
  }
  const start = first * features
  if (rows instanceof Float32Array && count > 1) {
    block.set(rows.subarray(start, start + count * features))
    return
  }
  for (let i = 0; i < count * features; i++) block[i] = rows[start + i]
}

function isColumns(rows: NumberRows): rows is readonly Float32Array[] {
  return Array.isArray(rows) && ArrayBuffer.isView(rows[0])
}

function blockError(message: string): ModelError {
  return new ModelError('MODEL_ERR_ROW', message)
}
