export type DatasetErrorCode =
  /** The file cannot be read, is not UTF-8 text, is not a regular file, or changed while it was read. */
  | 'DATASET_ERR_FILE'
  /** No header, or no row under it. */
  | 'DATASET_ERR_EMPTY'
  /** A quoted field that does not end, or ends in the middle of a field. */
  | 'DATASET_ERR_QUOTE'
  /** A row with more or fewer fields than the header. */
  | 'DATASET_ERR_RAGGED_ROW'
  /** A column name that is empty, twice there or not allowed; no feature column; too many of them. */
  | 'DATASET_ERR_COLUMN'
  /** A category column or a class target with too many distinct values. */
  | 'DATASET_ERR_LEVELS'
  /** A value that contradicts the type asked for, or that no column can hold. */
  | 'DATASET_ERR_VALUE'
  /** An infinity, or a number too large for its column, among numbers. */
  | 'DATASET_ERR_INFINITE'
  /** The target is not among the columns. */
  | 'DATASET_ERR_TARGET_UNKNOWN'
  /** A row without a value of the target. */
  | 'DATASET_ERR_TARGET_MISSING'
  /** Every row has the same value of the target. */
  | 'DATASET_ERR_TARGET_ONE_CLASS'
  /** An option or an argument out of its range. */
  | 'DATASET_ERR_OPTION'

/** Where a table is wrong, as far as it is known. */
export interface ErrorPlace {
  readonly file?: string | undefined
  readonly row?: number | undefined
  readonly column?: string | undefined
  readonly cause?: unknown
}

/** What every function of this package throws: a stable `code`, one sentence, and the place. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly code: DatasetErrorCode
  /** Path of the file as it was given. */
  readonly file: string | undefined
  /** CSV: number of the line the record begins in, the file's first line being 1. Rows in memory: index from 0. */
  readonly row: number | undefined
  /** Name of the column. */
  readonly column: string | undefined

  constructor(code: DatasetErrorCode, message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause })
    this.code = code
    this.file = place.file
    this.row = place.row
    this.column = place.column
  }
}
