import type { Forest } from '@copse/model'
import { ApiError } from '../errors.ts'

/** Rows of the bundle as one tensor (a category is the index of its level, missing is null) and their exact answers. */
export interface Golden {
  readonly rows: readonly (readonly (number | null)[])[]
  /** A probability a class, or one value, for each row. */
  readonly outputs: readonly (readonly number[])[]
}

/** @throws ApiError API_ERR_BUNDLE */
export function parseGolden(text: string): Golden {
  const json = parse(text)
  if (json.format !== 'copse-golden') throw broken('format is not "copse-golden"')
  if (json.version !== 1) throw broken('version is not 1, the one that this program knows')
  const { rows, outputs } = json
  if (!isTable(rows, (value) => value === null || Number.isFinite(value)))
    throw broken('rows are not rows of numbers and nulls')
  if (!isTable(outputs, Number.isFinite)) throw broken('outputs are not rows of numbers')
  if (rows.length === 0) throw broken('it holds no row')
  if (rows.length !== outputs.length) throw broken(`it holds ${rows.length} rows and ${outputs.length} outputs`)
  return { rows: rows as Golden['rows'], outputs: outputs as Golden['outputs'] }
}

/**
 * Predicts the golden rows: every output must be the same float64.
 * @throws ApiError API_ERR_GOLDEN
 */
export function checkGolden(forest: Forest, golden: Golden): void {
  const width = forest.signature.features.length
  const values = new Float32Array(golden.rows.length * width)
  for (const [i, row] of golden.rows.entries()) {
    if (row.length !== width)
      throw new ApiError('API_ERR_GOLDEN', `Golden row ${i} has ${row.length} values for ${width} features.`)
    for (let f = 0; f < width; f++) values[i * width + f] = row[f] ?? Number.NaN
  }
  const actual = new Float64Array(golden.rows.length * forest.outputs)
  forest.predictInto(values, actual)
  for (const [i, expected] of golden.outputs.entries()) {
    const start = i * forest.outputs
    const same = expected.length === forest.outputs && expected.every((value, k) => value === actual[start + k])
    if (!same)
      throw new ApiError(
        'API_ERR_GOLDEN',
        `The forest does not answer golden row ${i} of its bundle exactly as recorded.`,
      )
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>
  } catch (cause) {
    throw broken('it is not JSON', cause)
  }
  throw broken('it is not an object')
}

function isTable(value: unknown, isCell: (cell: unknown) => boolean): value is unknown[][] {
  return Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every(isCell))
}

function broken(what: string, cause?: unknown) {
  return new ApiError('API_ERR_BUNDLE', `golden.json of the bundle cannot be used: ${what}.`, { cause })
}
