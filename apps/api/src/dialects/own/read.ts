import type { Feature, Signature } from '@copse/model'
import { ApiError, type ApiErrorCode } from '../../errors.ts'

/** Most rows of a batch. */
export const MAX_ROWS = 10_000

/** The body's two forms: what `features` or `rows` held. */
export type PredictForm = { readonly features: unknown } | { readonly rows: readonly unknown[] }

/**
 * Which form a parsed JSON body has. Whether the rows fit a model is `RowReader`'s to say.
 * @throws ApiError API_ERR_BODY, API_ERR_UNKNOWN_KEY or API_ERR_TOO_MANY_ROWS
 */
export function readForm(body: unknown): PredictForm {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('API_ERR_BODY', 'The body must be an object with features or rows.', { path: '' })
  }
  let features = false
  let rows = false
  for (const key in body) {
    if (key === 'features') features = true
    else if (key === 'rows') rows = true
    else throw unknownKey('The body has a key that is neither features nor rows.', '', key)
  }
  if (features === rows) {
    throw new ApiError(
      'API_ERR_BODY',
      `The body must have ${features ? 'only one of' : 'either'} features ${features ? 'and' : 'or'} rows.`,
      {
        path: '',
      },
    )
  }
  if (features) return body as { features: unknown }
  const list = (body as { rows: unknown }).rows
  if (!Array.isArray(list) || list.length === 0) {
    throw new ApiError('API_ERR_BODY', 'rows must be an array of at least one row.', { path: '/rows' })
  }
  if (list.length > MAX_ROWS) {
    throw new ApiError('API_ERR_TOO_MANY_ROWS', `rows must be at most ${MAX_ROWS} rows.`, { path: '/rows' })
  }
  return { rows: list }
}

/** Reads rows in the own dialect's positional and named forms into a model's tensor, by its signature and with no coercion. */
export class RowReader {
  /** Values a row takes in the tensor. */
  readonly width: number
  readonly #features: readonly Feature[]
  readonly #index: ReadonlyMap<string, number>
  /** By feature; undefined for a number. */
  readonly #levels: readonly (ReadonlyMap<string, number> | undefined)[]
  readonly #required: number

  constructor({ features }: Signature) {
    this.width = features.length
    this.#features = features
    this.#index = new Map(features.map((feature, f) => [feature.name, f]))
    this.#levels = features.map((feature) =>
      feature.type === 'category' ? new Map(feature.levels.map((level, i) => [level, i])) : undefined,
    )
    this.#required = features.filter((feature) => !feature.missing).length
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
    const { width } = this
    if (row.length !== width) {
      throw new ApiError(
        'API_ERR_LENGTH',
        `A row must have ${width} values, one for each feature; this one has ${row.length}.`,
        { path },
      )
    }
    for (let f = 0; f < width; f++) {
      const value = row[f]
      // The common case, and the only one that a model of numbers without gaps takes.
      if (typeof value === 'number' && this.#levels[f] === undefined) {
        const rounded = Math.fround(value)
        if (rounded - rounded !== 0) throw this.#outOfRange(f, `${path}/${f}`)
        input[start + f] = rounded
      } else {
        input[start + f] = this.#encode(f, value, () => `${path}/${f}`)
      }
    }
  }

  #readNamed(row: Record<string, unknown>, input: Float32Array, start: number, path: string): void {
    const { width } = this
    for (let f = 0; f < width; f++) input[start + f] = Number.NaN
    let required = 0
    // JSON.parse makes own properties only, `__proto__` among them, and Object.prototype has no enumerable one.
    for (const key in row) {
      const f = this.#index.get(key)
      if (f === undefined) throw unknownKey('A row has a key that is not a feature of the model.', path, key)
      input[start + f] = this.#encode(f, row[key], () => `${path}/${escapePointer(key)}`)
      if (!this.#features[f]!.missing) required++
    }
    if (required < this.#required) throw this.#absent(row, path)
  }

  #encode(f: number, value: unknown, path: () => string): number {
    const feature = this.#features[f]!
    if (value === null) {
      if (feature.missing) return Number.NaN
      throw new ApiError(
        'API_ERR_MISSING',
        `${quoted(feature.name)} must not be missing: training saw no row without it.`,
        { path: path() },
      )
    }
    const levels = this.#levels[f]
    if (levels !== undefined) {
      // One past the last level: unseen.
      if (typeof value === 'string') return levels.get(value) ?? levels.size
      throw new ApiError(
        'API_ERR_VALUE',
        `${quoted(feature.name)} must be a text${feature.missing ? ' or null' : ''}.`,
        { path: path() },
      )
    }
    if (typeof value !== 'number') {
      throw new ApiError(
        'API_ERR_VALUE',
        `${quoted(feature.name)} must be a number${feature.missing ? ' or null' : ''}.`,
        { path: path() },
      )
    }
    const rounded = Math.fround(value)
    if (rounded - rounded !== 0) throw this.#outOfRange(f, path())
    return rounded
  }

  #outOfRange(f: number, path: string): ApiError {
    return new ApiError(
      'API_ERR_VALUE',
      `${quoted(this.#features[f]!.name)} must be within the range of a 32-bit float.`,
      { path },
    )
  }

  #absent(row: Record<string, unknown>, path: string): ApiError {
    const { name } = this.#features.find((feature) => !feature.missing && !Object.hasOwn(row, feature.name))!
    return new ApiError('API_ERR_MISSING', `${quoted(name)} must not be missing: training saw no row without it.`, {
      path: `${path}/${escapePointer(name)}`,
    })
  }
}

/** A key is named in the path only when it looks like a name; it could be anything. */
function unknownKey(message: string, path: string, key: string): ApiError {
  const code: ApiErrorCode = 'API_ERR_UNKNOWN_KEY'
  return new ApiError(code, message, { path: /^[\w$ .:-]{1,64}$/.test(key) ? `${path}/${key}` : path })
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function quoted(name: string): string {
  return JSON.stringify(name)
}
