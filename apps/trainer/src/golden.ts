import type { Forest, Signature } from '@copse/model'
import { answers } from './measure.ts'

const SPREAD = 16

/** A table's features only. */
export interface FeatureColumns {
  readonly signature: Signature
  readonly rows: number
  readonly columns: readonly Float32Array[]
}

/**
 * Content of `golden.json`: rows in the numeric form (category = level index, missing = null) and the forest's exact
 * answers, which a server must reproduce before it serves the bundle. The rows are spread evenly over the table; to
 * them come one with every value missing that may be, and one with an unseen level in every category.
 */
export function goldenAnswers(forest: Forest, table: FeatureColumns): string {
  const rows = goldenRows(table)
  const columns = table.columns.map((_, f) => Float32Array.from(rows, (row) => row[f]!))
  const { outputs } = answers(forest, columns)
  return `${JSON.stringify({
    format: 'copse-golden',
    version: 1,
    rows: rows.map((row) => Array.from(row, (value) => (Number.isNaN(value) ? null : shortest(value)))),
    outputs: rows.map((_, i) => Array.from(outputs.subarray(i * forest.outputs, (i + 1) * forest.outputs))),
  })}\n`
}

function goldenRows(table: FeatureColumns): Float32Array[] {
  const { features } = table.signature
  const n = Math.min(SPREAD, table.rows)
  const rows = Array.from({ length: n }, (_, i) => rowAt(table, Math.floor((i * table.rows) / n)))
  if (features.some((feature) => feature.missing)) {
    rows.push(rows[0]!.map((value, f) => (features[f]!.missing ? Number.NaN : value)))
  }
  if (features.some((feature) => feature.type === 'category')) {
    rows.push(
      rows[0]!.map((value, f) => {
        const feature = features[f]!
        return feature.type === 'category' ? feature.levels.length : value
      }),
    )
  }
  return rows
}

function rowAt(table: FeatureColumns, row: number): Float32Array {
  return Float32Array.from(table.columns, (column) => column[row]!)
}

/** The shortest decimal that is this float32 again: 5.1 and not 5.099999904632568. */
export function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Object.is(Math.fround(rounded), value)) return rounded
  }
  return value
}
