import { type BuiltTable, TableBuilder } from './builder.ts'
import { DatasetError } from './errors.ts'
import { planColumns } from './header.ts'
import { checkOptions, type RowsOptions } from './options.ts'
import { errorAt, memorySource, quoted } from './source.ts'

/** A row in memory: fields in order (the target last), or values by column name. */
export type InputRow = readonly unknown[] | object

const KNOWN = ['target', 'featureNames', 'types', 'task', 'name']
const DEFAULT_NAME = 'rows'

/** A table from rows in memory: each value becomes the text a CSV file would have, then the same typing. */
export function buildFromRows(rows: readonly InputRow[], options: RowsOptions): BuiltTable & { name: string } {
  checkOptions(options, KNOWN)
  if (!Array.isArray(rows)) throw new DatasetError('DATASET_ERR_OPTION', 'Expected an array of rows.')
  if (rows.length === 0) throw new DatasetError('DATASET_ERR_EMPTY', 'Expected at least one row but found none.')
  const read = isFields(rows[0]) ? readFields(rows, options) : readKeys(rows, options)
  const builder = new TableBuilder(planColumns(read.names, options, SOURCE), SOURCE)
  for (let i = 0; i < rows.length; i++) builder.observe(read.record(i), i)
  if (builder.incomplete) for (let i = 0; i < rows.length; i++) builder.collect(read.record(i), i)
  builder.allocate()
  for (let i = 0; i < rows.length; i++) builder.fill(read.record(i), i)
  return { ...builder.finish(), name: options.name ?? DEFAULT_NAME }
}

const SOURCE = memorySource()

interface Records {
  readonly names: readonly string[]
  record(row: number): string[]
}

function readFields(rows: readonly InputRow[], { target, featureNames }: RowsOptions): Records {
  const width = (rows[0] as ArrayLike<unknown>).length
  const features = featureNames ?? Array.from({ length: Math.max(0, width - 1) }, (_, f) => `x${f}`)
  const names = [...features, target]
  return {
    names,
    record(i) {
      const row = rows[i]
      if (!isFields(row)) throw wrongRow('an array, as the first row is,', i)
      return Array.from(row, (value, field) => textOf(value, i, names[field]))
    },
  }
}

function readKeys(rows: readonly InputRow[], { target, featureNames }: RowsOptions): Records {
  const keys = new Set<string>()
  for (const [i, row] of rows.entries()) {
    if (row === null || typeof row !== 'object') throw wrongRow('an array or an object', i)
    if (isFields(row)) throw wrongRow('an object, as the first row is,', i)
    for (const key of Object.keys(row)) keys.add(key)
  }
  const names = featureNames === undefined ? [...keys] : [...featureNames, ...(keys.has(target) ? [target] : [])]
  for (const name of names) if (!keys.has(name)) throw absentKey(name)
  return {
    names,
    record(i) {
      const row = rows[i] as { readonly [column: string]: unknown }
      return names.map((name) => (Object.hasOwn(row, name) ? textOf(row[name], i, name) : ''))
    },
  }
}

function isFields(row: InputRow): row is ArrayLike<unknown> {
  return Array.isArray(row) || (ArrayBuffer.isView(row) && !(row instanceof DataView))
}

/** The text of a value; empty when missing. Numbers come back from it as they were, bit for bit. */
function textOf(value: unknown, row: number, column: string | undefined): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      if (Number.isNaN(value)) return ''
      if (!Number.isFinite(value)) {
        throw errorAt('DATASET_ERR_INFINITE', `Expected a finite number but found ${value}`, SOURCE, row, column)
      }
      // The exponent says that this is a number and not an integer with all its digits.
      return Math.abs(value) < 2 ** 53 ? String(value) : value.toExponential()
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'undefined':
      return ''
    default:
      if (value === null) return ''
      throw errorAt(
        'DATASET_ERR_VALUE',
        `Expected text, a number or null but found ${kindOf(value)}`,
        SOURCE,
        row,
        column,
      )
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object') return `a ${typeof value}`
  return Array.isArray(value) ? 'an array' : 'an object'
}

function wrongRow(expected: string, row: number): DatasetError {
  return new DatasetError('DATASET_ERR_VALUE', `Expected ${expected} in ${SOURCE.at(row)}.`, { row })
}

function absentKey(name: string): DatasetError {
  const sentence = `Expected the feature ${quoted(name)} of featureNames in some row but found it in none.`
  return new DatasetError('DATASET_ERR_OPTION', sentence, { column: name })
}
