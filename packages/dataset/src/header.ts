import { DatasetError } from './errors.ts'
import type { ColumnType, CsvOptions, Task } from './options.ts'
import { errorOf, quoted, type Source } from './source.ts'

/** The most features a table may have: the model's files number them in 16 bits. */
const MAX_FEATURES = 65_534

/** A feature column: its place in a record, its name, and its type when the user gave one. */
export interface PlannedColumn {
  readonly field: number
  readonly name: string
  readonly asked: ColumnType | undefined
}

/** What to read of each record. */
export interface Plan {
  /** All columns in the order of a record's fields. */
  readonly names: readonly string[]
  readonly features: readonly PlannedColumn[]
  readonly target: PlannedColumn
  readonly task: Task | undefined
}

/** Checks the names of the columns and finds the target and the features among them. `row` is the header's. */
export function planColumns(
  names: readonly string[],
  options: Pick<CsvOptions, 'target' | 'task' | 'types' | 'ignore'>,
  source: Source,
  row?: number,
): Plan {
  checkNames(names, source, row)
  const { target, task, ignore = [] } = options
  const types = new Map(Object.entries(options.types ?? {}))
  if (!names.includes(target)) throw unknownTarget(names, target, source)
  for (const name of [...types.keys(), ...ignore]) {
    if (!names.includes(name)) throw unknownColumn(names, name, source)
  }
  if (types.has(target)) {
    throw errorOf(
      'DATASET_ERR_OPTION',
      `Expected types of features only but found the target ${quoted(target)} in types; give task instead.`,
      source,
      target,
    )
  }
  if (ignore.includes(target)) {
    throw errorOf(
      'DATASET_ERR_OPTION',
      `Expected ignore to name features but found the target ${quoted(target)}.`,
      source,
      target,
    )
  }
  const columns = names.map((name, field) => ({ field, name, asked: types.get(name) }))
  const left = new Set(ignore).add(target)
  const features = columns.filter(({ name }) => !left.has(name))
  if (features.length === 0) {
    throw errorOf(
      'DATASET_ERR_COLUMN',
      `Expected at least one feature beside the target ${quoted(target)} in ${source.whole}.`,
      source,
    )
  }
  if (features.length > MAX_FEATURES) {
    throw errorOf(
      'DATASET_ERR_COLUMN',
      `Expected at most 65,534 features but found ${features.length} in ${source.whole}.`,
      source,
    )
  }
  return { names, features, target: columns[names.indexOf(target)], task }
}

function checkNames(names: readonly string[], source: Source, row: number | undefined): void {
  const seen = new Set<string>()
  for (const [field, name] of names.entries()) {
    if (name === '') throw badName(`a name for column ${field + 1} but found none`, name, source, row)
    if (name === '__proto__') throw badName('a column name other than "__proto__"', name, source, row)
    if (seen.has(name)) throw badName(`distinct column names but found ${quoted(name)} twice`, name, source, row)
    seen.add(name)
  }
}

function badName(what: string, column: string, source: Source, row: number | undefined): DatasetError {
  const where = row === undefined ? source.whole : `the header, ${source.at(row)}`
  return new DatasetError('DATASET_ERR_COLUMN', `Expected ${what} in ${where}.`, { file: source.file, row, column })
}

function unknownTarget(names: readonly string[], target: string, source: Source): DatasetError {
  const sentence = `Expected the target ${quoted(target)} among the columns of ${source.whole}${hint(names, target)}`
  return errorOf('DATASET_ERR_TARGET_UNKNOWN', sentence, source, target)
}

function unknownColumn(names: readonly string[], name: string, source: Source): DatasetError {
  const sentence = `Expected the column ${quoted(name)} of an option among the columns of ${source.whole}${hint(names, name)}`
  return errorOf('DATASET_ERR_OPTION', sentence, source, name)
}

const LISTED = 20

function hint(names: readonly string[], name: string): string {
  const near = nearest(names, name)
  if (near !== undefined) return `; did you mean ${quoted(near)}?`
  const listed = names.slice(0, LISTED).map(quoted).join(', ')
  const rest = names.length > LISTED ? ` and ${names.length - LISTED} more` : ''
  return `, which are ${listed}${rest}.`
}

/** The nearest name, the first of equals, when at most a third of the letters differ. */
function nearest(names: readonly string[], name: string): string | undefined {
  let best: string | undefined
  let least = Math.floor(name.length / 3) + 1
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= least) continue
    const steps = distance(candidate.toLowerCase(), name.toLowerCase())
    if (steps < least) {
      best = candidate
      least = steps
    }
  }
  return best
}

/** The fewest letters to insert, delete, replace or swap with the next (optimal string alignment). */
function distance(a: string, b: string): number {
  const steps = Array.from({ length: a.length + 1 }, (_, i) => [i])
  for (let j = 1; j <= b.length; j++) steps[0].push(j)
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = steps[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(replaced, steps[i - 1][j] + 1, steps[i][j - 1] + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, steps[i - 2][j - 2] + 1)
      steps[i].push(least)
    }
  }
  return steps[a.length][b.length]
}
