import { MISSING } from './encode.ts'
import { ModelError } from './errors.ts'
import { checkSignature } from './signature.ts'
import { type Survey, survey } from './survey.ts'
import type { Feature, Signature, Table } from './table.ts'

/** Most levels of a category: a level is a 16-bit code, and one code means missing. */
const MAX_TRAINING_LEVELS = MISSING

/** Beyond it the square of a target may leave float64. */
const MAX_TARGET = 1e150

/** From here on float32 skips whole numbers. */
const MAX_EXACT_INTEGER = 2 ** 24

/**
 * Checks all that training relies on: lengths, kinds, ranges. Pauses after each column.
 *
 * @returns a copy of the signature and the warnings about values.
 * @throws ModelError MODEL_ERR_TABLE naming column and row (0-based).
 */
export function* checkTable(table: Table): Generator<void, { signature: Signature; warnings: string[] }> {
  if (typeof table !== 'object' || table === null) throw refuse('The table is no object')
  const signature = checkSignature(table.signature, { code: 'MODEL_ERR_TABLE', path: "The table's signature" })
  const { rows, columns } = table
  if (!Number.isSafeInteger(rows) || rows < 1 || rows > 0xffffffff) {
    throw refuse(`The table has ${String(rows)} rows, but training needs 1 to ${0xffffffff}`)
  }
  if (!Array.isArray(columns) || columns.length !== signature.features.length) {
    throw refuse(`The table has not one column for each of the ${signature.features.length} features of its signature`)
  }
  const warnings: string[] = []
  for (let f = 0; f < columns.length; f++) {
    checkKind(columns[f], signature.features[f], rows)
    const found = survey(columns[f])
    if (!isFit(found, signature.features[f])) refuseValues(columns[f], signature.features[f])
    if (holdsLargeIntegers(found, signature.features[f])) {
      warnings.push(
        `Column ${quote(signature.features[f].name)} holds whole numbers beyond 2^24, which float32 rounds.`,
      )
    }
    yield
  }
  checkTarget(table, signature)
  yield
  if (table.weights !== undefined) checkWeights(table.weights, rows)
  yield
  return { signature, warnings }
}

function checkKind(column: Float32Array, feature: Feature, rows: number): void {
  const name = quote(feature.name)
  if (!(column instanceof Float32Array)) throw refuse(`Column ${name} is no Float32Array`)
  if (column.length !== rows) throw refuse(`Column ${name} has ${column.length} values, but the table has ${rows} rows`)
  if (feature.type === 'category' && feature.levels.length > MAX_TRAINING_LEVELS) {
    throw refuse(
      `Column ${name} has ${feature.levels.length} levels, but training takes at most ${MAX_TRAINING_LEVELS}`,
    )
  }
}

function isFit({ least, most, missing, whole }: Survey, feature: Feature): boolean {
  if (missing && !feature.missing) return false
  if (least > most) return true // no value at all
  if (feature.type === 'category') return whole && least >= 0 && most < feature.levels.length
  return Number.isFinite(least) && Number.isFinite(most)
}

/** Names the first row whose value does not fit; there is one. */
function refuseValues(column: Float32Array, feature: Feature): never {
  const name = quote(feature.name)
  const levels = feature.type === 'category' ? feature.levels.length : 0
  const isLevel = (value: number) => value >= 0 && value < levels && Number.isInteger(value)
  for (let row = 0; row < column.length; row++) {
    const value = column[row]
    if (Number.isNaN(value)) {
      if (feature.missing) continue
      throw refuse(`Column ${name} has a missing value in row ${row}, but its signature allows none`)
    }
    if (feature.type === 'category') {
      if (!isLevel(value)) throw refuse(`Column ${name} holds in row ${row} no index of one of its ${levels} levels`)
    } else if (!Number.isFinite(value)) {
      throw refuse(`Column ${name} is infinite in row ${row}, but must be finite or missing`)
    }
  }
  throw refuse(`Column ${name} changed while it was checked`)
}

function holdsLargeIntegers({ least, most, whole }: Survey, feature: Feature): boolean {
  return feature.type === 'number' && whole && least <= most && Math.max(-least, most) > MAX_EXACT_INTEGER
}

function checkTarget({ target, rows }: Table, { target: about }: Signature): void {
  const name = quote(about.name)
  const [kind, expected] = about.type === 'class' ? [Uint16Array, 'Uint16Array'] : [Float64Array, 'Float64Array']
  if (!(target instanceof kind)) throw refuse(`Target ${name} is no ${expected}`)
  if (target.length !== rows) throw refuse(`Target ${name} has ${target.length} values, but the table has ${rows} rows`)
  for (let row = 0; row < rows; row++) {
    if (about.type === 'class') {
      if (target[row] < about.classes.length) continue
      throw refuse(`Target ${name} holds in row ${row} no index of one of its ${about.classes.length} classes`)
    }
    if (!(Math.abs(target[row]) <= MAX_TARGET)) {
      throw refuse(`Target ${name} is in row ${row} no number in -${MAX_TARGET}..${MAX_TARGET}`)
    }
  }
}

function checkWeights(weights: Float64Array, rows: number): void {
  if (!(weights instanceof Float64Array)) throw refuse('The weights are no Float64Array')
  if (weights.length !== rows) throw refuse(`There are ${weights.length} weights, but the table has ${rows} rows`)
  for (let row = 0; row < rows; row++) {
    if (!(weights[row] >= 0 && weights[row] <= MAX_TARGET)) {
      throw refuse(`The weight of row ${row} is no number in 0..${MAX_TARGET}`)
    }
  }
}

function quote(name: string): string {
  return JSON.stringify(name)
}

function refuse(sentence: string): ModelError {
  return new ModelError('MODEL_ERR_TABLE', `${sentence}.`)
}
