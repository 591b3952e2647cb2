import { DatasetError } from './errors.ts'
import { quoted } from './source.ts'

export type ColumnType = 'number' | 'category'
export type Task = 'classification' | 'regression'

/** What a table is read for. */
export interface TableOptions {
  /** Name of the column to predict. */
  target: string
  /**
   * Absent: classification when the target is text, true and false, or has two distinct values; else regression.
   * Given: classification keeps each value's text as its class, regression wants finite numbers.
   */
  task?: Task | undefined
  /** Types of feature columns by name, instead of inferred ones. A value that contradicts is an error. */
  types?: Readonly<Record<string, ColumnType>> | undefined
  /** What the table is called; the file's stem by default. */
  name?: string | undefined
}

export interface CsvOptions extends TableOptions {
  /** Names of columns to leave out. */
  ignore?: readonly string[] | undefined
  /** One character; absent: the one of `,` `;` and tab that fits the first lines best. */
  delimiter?: string | undefined
}

export interface RowsOptions extends TableOptions {
  /**
   * Rows as arrays: names of the features in order; the target is the last field. Absent: `x0`, `x1`, ...
   * Rows as objects: the keys to read as features, in this order. Absent: every key of any row, in order of appearance.
   */
  featureNames?: readonly string[] | undefined
}

/** Refuses unknown options and values of a wrong type, which plain JavaScript may pass. */
export function checkOptions(options: TableOptions | CsvOptions | RowsOptions, known: readonly string[]): void {
  if (options === null || typeof options !== 'object') throw wrong('options', 'an object with a target')
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw wrong(key, `one of the options ${known.join(', ')}`)
  }
  const { target, task, types, name, ignore, delimiter, featureNames } = options as TableOptions &
    CsvOptions &
    RowsOptions
  if (typeof target !== 'string' || target === '') throw wrong('target', 'the name of a column')
  if (task !== undefined && task !== 'classification' && task !== 'regression') {
    throw wrong('task', "'classification' or 'regression'")
  }
  if (types !== undefined && !isTypes(types)) throw wrong('types', "'number' or 'category' by column name")
  if (name !== undefined && typeof name !== 'string') throw wrong('name', 'a string')
  if (ignore !== undefined && !isNames(ignore)) throw wrong('ignore', 'an array of column names')
  if (featureNames !== undefined && !isNames(featureNames)) throw wrong('featureNames', 'an array of column names')
  if (delimiter !== undefined && !isDelimiter(delimiter))
    throw wrong('delimiter', 'one character that is no quote or line end')
}

/** Refuses a number outside a range; `range` says it in words. */
export function checkNumber(name: string, value: number, fits: boolean, range: string): void {
  if (typeof value !== 'number' || !fits) throw wrong(name, range)
}

/** Refuses a seed that is not an integer in 0..2^53-1. */
export function checkSeed(seed: number): void {
  checkNumber('seed', seed, Number.isSafeInteger(seed) && seed >= 0, 'an integer in 0..2^53-1')
}

function isTypes(types: unknown): boolean {
  if (types === null || typeof types !== 'object') return false
  return Object.values(types).every((type) => type === 'number' || type === 'category')
}

function isNames(names: unknown): boolean {
  return Array.isArray(names) && names.every((name) => typeof name === 'string')
}

function isDelimiter(delimiter: unknown): boolean {
  return typeof delimiter === 'string' && delimiter.length === 1 && !'"\r\n\ufeff'.includes(delimiter)
}

function wrong(option: string, expected: string): DatasetError {
  return new DatasetError('DATASET_ERR_OPTION', `Expected ${expected} for the option ${quoted(option)}.`)
}
