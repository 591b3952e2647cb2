import type { Lines } from '@copse/monitoring'

/** What one process counted of one model version since it last told, as plain data that another process can be sent. */
export interface Batch {
  /** Of the model version, as `keyOf` gives it. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** Counts of `Layout`. */
  readonly cells: Float64Array
  /** Predictions that labels may come for, by row. */
  readonly predictions: Predictions
  /** For the prediction log. */
  readonly lines: Lines
  /** Predictions that were to be logged and have no line, since too many waited. */
  readonly unlogged: number
}

export interface Predictions {
  readonly ids: readonly string[]
  /** [rows] milliseconds since 1970. */
  readonly times: Float64Array
  /** [rows * outputs] */
  readonly outputs: Float64Array
  /** [rows]; zeros for a model of numbers. */
  readonly classIds: Uint16Array
  /** [rows] segments, as `SegmentReader` tells them. */
  readonly tags: Uint32Array
}
