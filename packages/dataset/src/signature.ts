/**
 * A column of numbers. `min` and `max` (inclusive) are the shortest decimals of the smallest and the largest float32:
 * compare with them after casting both sides to float32. Both are null when every value is missing.
 */
export interface NumberFeature {
  readonly name: string
  readonly type: 'number'
  readonly missing: boolean
  readonly min: number | null
  readonly max: number | null
}

/** A column of categories: the code of a level is its index in `levels`, which are sorted and distinct. */
export interface CategoryFeature {
  readonly name: string
  readonly type: 'category'
  readonly missing: boolean
  readonly levels: readonly string[]
}

export type Feature = NumberFeature | CategoryFeature

/** Classes to tell apart: at least two, sorted and distinct. */
export interface ClassTarget {
  readonly name: string
  readonly type: 'class'
  readonly classes: readonly string[]
}

export interface NumberTarget {
  readonly name: string
  readonly type: 'number'
}

export type Target = ClassTarget | NumberTarget

/** What a table holds: its features in column order, and its target. */
export interface Signature {
  readonly features: readonly Feature[]
  readonly target: Target
}
