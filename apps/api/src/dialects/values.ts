import type { Feature, Signature } from '@copse/model'
import { ApiError } from '../errors.ts'

/** Turns one value of a body into what a model's tensor holds, by the signature and with no coercion. */
export class FeatureValues {
  /** Values a row takes in the tensor. */
  readonly width: number
  readonly features: readonly Feature[]
  /** Feature name -> its place in a row. */
  readonly index: ReadonlyMap<string, number>
  /** By feature; undefined for a number. */
  readonly #levels: readonly (ReadonlyMap<string, number> | undefined)[]
  readonly #required: number

  constructor({ features }: Signature) {
    this.width = features.length
    this.features = features
    this.index = new Map(features.map((feature, f) => [feature.name, f]))
    this.#levels = features.map((feature) =>
      feature.type === 'category' ? new Map(feature.levels.map((level, i) => [level, i])) : undefined,
    )
    this.#required = features.filter((feature) => !feature.missing).length
  }

  /**
   * A value of a column that has a name: a category is its text; null is missing.
   * @throws ApiError API_ERR_VALUE or API_ERR_MISSING without a path
   */
  named(f: number, value: unknown): number {
    const levels = this.#levels[f]
    // One past the last level: unseen.
    if (levels !== undefined && typeof value === 'string') return levels.get(value) ?? levels.size
    if (levels === undefined && typeof value === 'number') return this.#inRange(f, value)
    if (value === null) return this.missing(f)
    throw this.#wrongType(f, levels === undefined ? 'a number' : 'a text')
  }

  /**
   * A value of one numeric tensor: a category is the index of its level, any other number an unseen one; null and NaN
   * are missing.
   * @throws ApiError API_ERR_VALUE or API_ERR_MISSING without a path
   */
  indexed(f: number, value: unknown): number {
    if (typeof value !== 'number') {
      if (value === null) return this.missing(f)
      throw this.#wrongType(f, 'a number')
    }
    const levels = this.#levels[f]
    if (levels === undefined) return Number.isNaN(value) ? this.missing(f) : this.#inRange(f, value)
    if (value >= 0 && value < levels.size && Number.isInteger(value)) return value
    if (Number.isNaN(value)) return this.missing(f)
    if (Math.abs(value) === Number.POSITIVE_INFINITY) throw this.#outOfRange(f)
    return levels.size
  }

  /** @throws ApiError API_ERR_MISSING unless the feature may be missing */
  missing(f: number): number {
    if (this.features[f]!.missing) return Number.NaN
    throw new ApiError('API_ERR_MISSING', `${this.quoted(f)} must not be missing: training saw no row without it.`)
  }

  /** Whether `present` names, all different features, leave out one that may not be missing: `f`, else undefined. */
  firstAbsent(present: (name: string) => boolean): number | undefined {
    if (this.#required === 0) return undefined
    const f = this.features.findIndex(({ name, missing }) => !missing && !present(name))
    return f < 0 ? undefined : f
  }

  quoted(f: number): string {
    return JSON.stringify(this.features[f]!.name)
  }

  #inRange(f: number, value: number): number {
    const rounded = Math.fround(value)
    if (rounded - rounded !== 0) throw this.#outOfRange(f)
    return rounded
  }

  #outOfRange(f: number): ApiError {
    return new ApiError('API_ERR_VALUE', `${this.quoted(f)} must be within the range of a 32-bit float.`)
  }

  #wrongType(f: number, type: string): ApiError {
    const orNull = this.features[f]!.missing ? ' or null' : ''
    return new ApiError('API_ERR_VALUE', `${this.quoted(f)} must be ${type}${orNull}.`)
  }
}

/** The same error with the JSON pointer of what is at fault, and words before its sentence. */
export function located(error: unknown, path: string, before = ''): unknown {
  if (!(error instanceof ApiError)) return error
  return new ApiError(error.code, `${before}${error.message}`, { path })
}

/** A segment of a JSON pointer. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
