import { parseAskedDecimal, parseDecimal, shortestFloat32 } from './decimal.ts'
import { DatasetError } from './errors.ts'
import type { Plan } from './header.ts'
import { sortLabels } from './labels.ts'
import { absence, MISSING, PRESENT } from './missing.ts'
import { ColumnScan } from './scan.ts'
import type { Feature, Signature, Target } from './signature.ts'
import { errorAt, quoted, type Source } from './source.ts'
import { TargetScan } from './target-scan.ts'
import { tableWarnings } from './warnings.ts'

/** A table without its name. */
export interface BuiltTable {
  readonly signature: Signature
  readonly rows: number
  readonly columns: Float32Array[]
  readonly target: Uint16Array | Float64Array
  readonly warnings: string[]
}

/**
 * Builds a table from records seen two or three times in the same order: `observe` each; while `incomplete`, `collect`
 * each; `allocate`; `fill` each; `finish`. It holds no record, only what the columns and their levels take.
 */
export class TableBuilder {
  readonly #plan: Plan
  readonly #source: Source
  readonly #scans: ColumnScan[]
  readonly #targetScan: TargetScan
  #rows = 0
  #filled = 0
  #columns: Float32Array[] = []
  #target: Uint16Array | Float64Array = new Uint16Array(0)
  #codes: (Map<string, number> | undefined)[] = []
  #classes: Map<string, number> | undefined
  #min = new Float64Array(0)
  #max = new Float64Array(0)

  constructor(plan: Plan, source: Source) {
    this.#plan = plan
    this.#source = source
    this.#scans = plan.features.map((column) => new ColumnScan(column, source))
    this.#targetScan = new TargetScan(plan.target, plan.task, source)
  }

  /** Records observed. */
  get rows(): number {
    return this.#rows
  }

  /** Whether some column turned out to be a category after values went by. */
  get incomplete(): boolean {
    return this.#targetScan.incomplete || this.#scans.some((scan) => scan.incomplete)
  }

  observe(record: readonly string[], row: number): void {
    const { features, target, names } = this.#plan
    if (record.length !== names.length) throw this.#ragged(record, row)
    this.#rows++
    for (let f = 0; f < features.length; f++) this.#scans[f].observe(record[features[f].field].trim(), row)
    this.#targetScan.observe(record[target.field].trim(), row)
  }

  collect(record: readonly string[], row: number): void {
    const { features, target } = this.#plan
    for (let f = 0; f < features.length; f++) {
      const scan = this.#scans[f]
      if (scan.incomplete) scan.collect((record[features[f].field] ?? '').trim(), row)
    }
    if (this.#targetScan.incomplete) this.#targetScan.collect((record[target.field] ?? '').trim(), row)
  }

  /** Settles the types and makes the columns; `rows` times 4 bytes a feature, 2 or 8 for the target. */
  allocate(): void {
    for (const scan of this.#scans) scan.settle()
    this.#targetScan.settle()
    this.#columns = this.#scans.map(() => new Float32Array(this.#rows))
    this.#codes = this.#scans.map(codesOf)
    this.#classes = codesOf(this.#targetScan)
    this.#target = this.#classes === undefined ? new Float64Array(this.#rows) : new Uint16Array(this.#rows)
    this.#min = new Float64Array(this.#scans.length).fill(Number.POSITIVE_INFINITY)
    this.#max = new Float64Array(this.#scans.length).fill(Number.NEGATIVE_INFINITY)
  }

  fill(record: readonly string[], row: number): void {
    const { features, target, names } = this.#plan
    const at = this.#filled++
    if (at >= this.#rows || record.length !== names.length) throw this.#changed(row)
    for (let f = 0; f < features.length; f++) {
      const text = record[features[f].field].trim()
      const codes = this.#codes[f]
      const value = codes === undefined ? this.#number(text, f, row) : this.#code(text, codes, row)
      this.#columns[f][at] = value
      if (value < this.#min[f]) this.#min[f] = value
      if (value > this.#max[f]) this.#max[f] = value
    }
    this.#target[at] = this.#answer(record[target.field].trim(), row)
  }

  /** The table; every record observed must have been filled. */
  finish(): BuiltTable {
    if (this.#filled !== this.#rows) throw this.#changed(undefined)
    const signature = { features: this.#scans.map((scan, f) => this.#feature(scan, f)), target: this.#targetOf() }
    const warnings = tableWarnings(signature, this.#rows, this.#scans, this.#targetScan, this.#source)
    return { signature, rows: this.#rows, columns: this.#columns, target: this.#target, warnings }
  }

  #number(text: string, feature: number, row: number): number {
    let value = parseDecimal(text)
    if (Number.isNaN(value)) {
      if (absence(text) !== PRESENT) return Number.NaN
      if (this.#plan.features[feature].asked === 'number') value = parseAskedDecimal(text)
    }
    // Adding 0 turns -0 into 0.
    const single = Math.fround(value) + 0
    if (!Number.isFinite(single)) throw this.#changed(row)
    return single
  }

  #code(text: string, codes: ReadonlyMap<string, number>, row: number): number {
    const code = codes.get(text)
    if (code !== undefined) return code
    if (absence(text) !== MISSING) throw this.#changed(row)
    return Number.NaN
  }

  #answer(text: string, row: number): number {
    const value = this.#classes === undefined ? parseAskedDecimal(text) + 0 : this.#classes.get(text)
    if (value === undefined || !Number.isFinite(value)) throw this.#changed(row)
    return value
  }

  #feature(scan: ColumnScan, f: number): Feature {
    const { name } = scan
    const codes = this.#codes[f]
    if (codes !== undefined) return { name, type: 'category', levels: [...codes.keys()], missing: scan.missing > 0 }
    const empty = scan.numbers === 0
    const min = empty ? null : shortestFloat32(this.#min[f])
    const max = empty ? null : shortestFloat32(this.#max[f])
    return { name, type: 'number', missing: scan.missing + scan.nones > 0, min, max }
  }

  #targetOf(): Target {
    const { name } = this.#targetScan
    if (this.#classes === undefined) return { name, type: 'number' }
    return { name, type: 'class', classes: [...this.#classes.keys()] }
  }

  #ragged(record: readonly string[], row: number): DatasetError {
    const { names } = this.#plan
    const last = names[Math.min(record.length, names.length) - 1]
    const place = record.length < names.length ? 'ends after' : 'goes on after'
    const sentence = `Expected ${names.length} fields as in the header but found ${record.length} in ${this.#source.at(row)}, which ${place} column ${quoted(last)}.`
    const column = names[Math.min(record.length, names.length - 1)]
    return new DatasetError('DATASET_ERR_RAGGED_ROW', sentence, { file: this.#source.file, row, column })
  }

  #changed(row: number | undefined): DatasetError {
    const source = this.#source
    const expectation = 'Expected the same rows in every pass but found others'
    if (row !== undefined) return errorAt('DATASET_ERR_FILE', expectation, source, row)
    return new DatasetError('DATASET_ERR_FILE', `${expectation} in ${source.whole}.`, { file: source.file })
  }
}

function codesOf(scan: ColumnScan): Map<string, number> | undefined {
  if (!scan.category) return undefined
  return new Map(sortLabels(scan.labels).map((label, code) => [label, code]))
}
