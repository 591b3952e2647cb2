/** A column of numbers. `min` and `max` are the training range (inclusive); both are null when every value was missing. */
export interface NumberFeature {
  readonly name: string
  readonly type: 'number'
  /** Whether training saw a missing value; only then may a row to predict lack this feature. */
  readonly missing: boolean
  readonly min: number | null
  readonly max: number | null
}

/** A column of categories. A level's index in `levels` is its code. */
export interface CategoryFeature {
  readonly name: string
  readonly type: 'category'
  readonly missing: boolean
  readonly levels: readonly string[]
}

export type Feature = NumberFeature | CategoryFeature

export interface ClassTarget {
  readonly name: string
  readonly type: 'class'
  /** Labels by class index; at least two. */
  readonly classes: readonly string[]
}

export interface NumberTarget {
  readonly name: string
  readonly type: 'number'
}

export type Target = ClassTarget | NumberTarget

/** What a model takes and answers, made once from the training table. */
export interface Signature {
  readonly features: readonly Feature[]
  readonly target: Target
}

/** A table to train on: one float32 column a feature, all of length `rows`. */
export interface Table {
  readonly signature: Signature
  readonly rows: number
  /** Column f belongs to `signature.features[f]`; a category is the index of its level; missing is NaN; never infinite. */
  readonly columns: readonly Float32Array[]
  /** Class indices (Uint16Array) for a class target, values (Float64Array, finite) for a number target. */
  readonly target: Uint16Array | Float64Array
  /** Row weights, finite and >= 0; absent means 1 each. */
  readonly weights?: Float64Array | undefined
}
