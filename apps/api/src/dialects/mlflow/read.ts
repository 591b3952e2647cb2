import type { Signature } from '@copse/model'
import { ApiError } from '../../errors.ts'
import { isObject } from '../json.ts'
import { MAX_ROWS } from '../limit.ts'
import { RowReader } from '../rows.ts'
import { escapePointer, located } from '../values.ts'
import { cellValue } from './csv.ts'

const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const
const ONE_FORM = `The body must be an object with exactly one of ${FORMS.join(', ')}.`

/** Where a reader puts the rows: gives [rows * features] row-major. */
export type Place = (rows: number) => Float32Array

/** Reads what `/invocations` takes into a model's tensor. Rows without names are a tensor of numbers. */
export class InvocationReader {
  readonly #rows: RowReader

  constructor(signature: Signature) {
    this.#rows = new RowReader(signature, 'index')
  }

  /**
   * Reads a parsed JSON body; answers the number of rows.
   * @throws ApiError with the path of the fault
   */
  read(body: unknown, input: Place): number {
    if (!isObject(body)) throw new ApiError('API_ERR_BODY', ONE_FORM, { path: '' })
    const [form, ...others] = FORMS.filter((name) => body[name] !== undefined)
    if (form === undefined || others.length > 0) throw new ApiError('API_ERR_BODY', ONE_FORM, { path: '' })
    const { params } = body
    if (params !== undefined && params !== null && !isObject(params))
      throw new ApiError('API_ERR_BODY', 'params must be an object.', { path: '/params' })
    const value = body[form]
    const path = `/${form}`
    if (form === 'dataframe_split') return this.#readSplit(value, path, input)
    if (form === 'dataframe_records') return this.#readRecords(value, path, input)
    if (form === 'inputs' && isObject(value)) return this.#readColumns(value, path, input)
    return this.#readRows(expectRows(value, path), path, input)
  }

  /**
   * Reads a table of texts whose first row is the names, as CSV is; answers the number of rows.
   * @throws ApiError with the path of the fault: /0 is the row of names
   */
  readTable([names = [], ...rows]: readonly (readonly string[])[], input: Place): number {
    const { features } = this.#values
    const order = this.#columns(names, '/0')
    expectCount(rows.length, '')
    return this.#readOrdered(
      rows,
      order,
      (row) => `/${row + 1}`,
      input,
      (f, text) => cellValue(text as string, features[f]!.type),
    )
  }

  get #values() {
    return this.#rows.values
  }

  #readRows(rows: readonly unknown[], path: string, input: Place): number {
    const into = input(rows.length)
    for (let i = 0; i < rows.length; i++) this.#rows.read(rows[i], into, i * this.#rows.width, `${path}/${i}`)
    return rows.length
  }

  #readRecords(records: unknown, path: string, input: Place): number {
    const rows = expectRows(records, path)
    const wrong = rows.findIndex((row) => !isObject(row))
    if (wrong >= 0)
      throw new ApiError('API_ERR_BODY', 'A record must be an object of named values.', { path: `${path}/${wrong}` })
    return this.#readRows(rows, path, input)
  }

  /** `columns` names them; without, or when pandas counted them from 0, the rows are a tensor. */
  #readSplit(split: unknown, path: string, input: Place): number {
    if (!isObject(split)) throw new ApiError('API_ERR_BODY', 'dataframe_split must be an object.', { path })
    for (const key in split) {
      if (key !== 'columns' && key !== 'index' && key !== 'data') {
        throw new ApiError('API_ERR_UNKNOWN_KEY', 'dataframe_split may have columns, index and data only.', { path })
      }
    }
    const { columns, index, data } = split
    const rows = expectRows(data, `${path}/data`)
    const wrong = rows.findIndex((row) => !Array.isArray(row))
    if (wrong >= 0)
      throw new ApiError('API_ERR_BODY', 'A row must be an array of values.', { path: `${path}/data/${wrong}` })
    if (index !== undefined && index !== null && !(Array.isArray(index) && index.length === rows.length)) {
      throw new ApiError('API_ERR_LENGTH', 'index must be an array of one entry for each row.', {
        path: `${path}/index`,
      })
    }
    if (columns === undefined || columns === null || isCounted(columns))
      return this.#readRows(rows, `${path}/data`, input)
    const order = this.#columns(columns, `${path}/columns`)
    return this.#readOrdered(
      rows as unknown[][],
      order,
      (row) => `${path}/data/${row}`,
      input,
      (_, value) => value,
    )
  }

  /** Features of the columns that are named, in their order. */
  #columns(names: unknown, path: string): readonly number[] {
    if (!Array.isArray(names)) throw new ApiError('API_ERR_BODY', 'columns must be an array of names.', { path })
    const seen = new Set<unknown>()
    const order = names.map((name, c) => {
      const f = typeof name === 'string' ? this.#values.index.get(name) : undefined
      if (f === undefined || seen.has(name)) {
        throw new ApiError('API_ERR_UNKNOWN_KEY', 'A column must have the name of a feature, each of them once.', {
          path: `${path}/${c}`,
        })
      }
      seen.add(name)
      return f
    })
    this.#expectAll((name) => seen.has(name), path)
    return order
  }

  #readOrdered(
    rows: readonly (readonly unknown[])[],
    order: readonly number[],
    path: (row: number) => string,
    input: Place,
    decode: (f: number, value: unknown) => unknown,
  ): number {
    const { width } = this.#rows
    const into = input(rows.length)
    if (order.length < width) into.fill(Number.NaN)
    for (const [i, row] of rows.entries()) {
      if (row.length !== order.length) {
        throw new ApiError(
          'API_ERR_LENGTH',
          `A row must have ${order.length} values, one for each column; this one has ${row.length}.`,
          { path: path(i) },
        )
      }
      let c = 0
      try {
        for (; c < order.length; c++) {
          const f = order[c]!
          into[i * width + f] = this.#values.named(f, decode(f, row[c]))
        }
      } catch (error) {
        throw located(error, `${path(i)}/${c}`)
      }
    }
    return rows.length
  }

  /** `{"name": [value, …]}`; each value may stand in an array of its own. */
  #readColumns(columns: Readonly<Record<string, unknown>>, path: string, input: Place): number {
    const { width } = this.#rows
    const names = Object.keys(columns)
    let rows: number | undefined
    let into: Float32Array = new Float32Array(0)
    for (const name of names) {
      const f = this.#values.index.get(name)
      if (f === undefined)
        throw new ApiError('API_ERR_UNKNOWN_KEY', 'inputs must have names of features only.', { path })
      const at = `${path}/${escapePointer(name)}`
      const column = expectRows(columns[name], at)
      if (rows === undefined) {
        rows = column.length
        into = input(rows).fill(Number.NaN)
      }
      if (column.length !== rows)
        throw new ApiError(
          'API_ERR_LENGTH',
          `${this.#values.quoted(f)} must have ${rows} values like the first column.`,
          { path: at },
        )
      let i = 0
      try {
        for (; i < rows; i++) {
          const value = column[i]
          into[i * width + f] = this.#values.named(f, Array.isArray(value) && value.length === 1 ? value[0] : value)
        }
      } catch (error) {
        throw located(error, `${at}/${i}`)
      }
    }
    this.#expectAll((name) => Object.hasOwn(columns, name), path)
    if (rows === undefined) throw new ApiError('API_ERR_BODY', 'inputs must have at least one column.', { path })
    return rows
  }

  #expectAll(present: (name: string) => boolean, path: string): void {
    const absent = this.#values.firstAbsent(present)
    if (absent === undefined) return
    throw new ApiError('API_ERR_MISSING', `There must be a column ${this.#values.quoted(absent)}.`, { path })
  }
}

function expectRows(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ApiError('API_ERR_BODY', 'There must be an array of rows here.', { path })
  expectCount(value.length, path)
  return value
}

function expectCount(rows: number, path: string): void {
  if (rows === 0) throw new ApiError('API_ERR_BODY', 'There must be at least one row.', { path })
  if (rows > MAX_ROWS) throw new ApiError('API_ERR_TOO_MANY_ROWS', `There must be at most ${MAX_ROWS} rows.`, { path })
}

/** 0, 1, 2, …: what pandas calls columns without names. */
function isCounted(columns: unknown): boolean {
  return Array.isArray(columns) && columns.length > 0 && columns.every((name, c) => name === c)
}
