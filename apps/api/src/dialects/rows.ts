import type { Signature } from '@copse/model'
import { ApiError } from '../errors.ts'
import { escapePointer, FeatureValues, located } from './values.ts'

/** How a row without names says a category: by its text, or as a numeric tensor does by the index of its level. */
export type Categories = 'text' | 'index'

/** Reads rows, each an array in the order of the features or an object by their names, into a model's tensor. */
export class RowReader {
  readonly values: FeatureValues
  /** Values a row takes in the tensor. */
  readonly width: number
  readonly #indexed: boolean

  constructor(signature: Signature, categories: Categories = 'text') {
    this.values = new FeatureValues(signature)
    this.width = this.values.width
    this.#indexed = categories === 'index'
  }

  /**
   * Puts `row` into `input[start .. start + features)`. `path` is the JSON pointer of the row.
   * @throws ApiError API_ERR_BODY, API_ERR_LENGTH, API_ERR_UNKNOWN_KEY, API_ERR_VALUE or API_ERR_MISSING with the path of the fault
   */
  read(row: unknown, input: Float32Array, start: number, path: string): void {
    if (Array.isArray(row)) this.#readPositional(row, input, start, path)
    else if (typeof row === 'object' && row !== null)
      this.#readNamed(row as Record<string, unknown>, input, start, path)
    else throw new ApiError('API_ERR_BODY', 'A row must be an array of values or an object of named values.', { path })
  }

  #readPositional(row: readonly unknown[], input: Float32Array, start: number, path: string): void {
    const { width, values } = this
    if (row.length !== width) {
      throw new ApiError(
        'API_ERR_LENGTH',
        `A row must have ${width} values, one for each feature; this one has ${row.length}.`,
        { path },
      )
    }
    let f = 0
    try {
      if (this.#indexed) for (; f < width; f++) input[start + f] = values.indexed(f, row[f])
      else for (; f < width; f++) input[start + f] = values.named(f, row[f])
    } catch (error) {
      throw located(error, `${path}/${f}`)
    }
  }

  #readNamed(row: Record<string, unknown>, input: Float32Array, start: number, path: string): void {
    const { width, values } = this
    for (let f = 0; f < width; f++) input[start + f] = Number.NaN
    let present = 0
    // JSON.parse makes own properties only, `__proto__` among them, and Object.prototype has no enumerable one.
    for (const key in row) {
      const f = values.index.get(key)
      if (f === undefined) throw unknownKey('A row has a key that is not a feature of the model.', path, key)
      try {
        input[start + f] = values.named(f, row[key])
      } catch (error) {
        throw located(error, `${path}/${escapePointer(key)}`)
      }
      present++
    }
    if (present === width) return
    const absent = values.firstAbsent((name) => Object.hasOwn(row, name))
    if (absent === undefined) return
    try {
      values.missing(absent)
    } catch (error) {
      throw located(error, `${path}/${escapePointer(values.features[absent]!.name)}`)
    }
  }
}

/** A key is named in the path only when it looks like a name; it could be anything. */
export function unknownKey(message: string, path: string, key: string): ApiError {
  return new ApiError('API_ERR_UNKNOWN_KEY', message, { path: /^[\w$ .:-]{1,64}$/.test(key) ? `${path}/${key}` : path })
}
