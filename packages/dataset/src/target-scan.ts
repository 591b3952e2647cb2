import { DatasetError } from './errors.ts'
import type { PlannedColumn } from './header.ts'
import type { Task } from './options.ts'
import { ColumnScan } from './scan.ts'
import { errorAt, errorOf, quoted, type Source } from './source.ts'

/** What the first pass learns about the target: a class or a number. No value may be missing. */
export class TargetScan extends ColumnScan {
  protected override readonly limit = 'a finite number'
  readonly #task: Task | undefined
  // Distinct texts of a target of numbers, up to the third.
  readonly #few = new Set<string>()
  #first: number | undefined
  // Whether some number differs from the first, however they are spelt.
  #varies = false
  #noneRow: number | undefined

  constructor(column: PlannedColumn, task: Task | undefined, source: Source) {
    const asked = task === undefined ? undefined : task === 'classification' ? 'category' : 'number'
    super({ ...column, asked }, source)
    this.#task = task
  }

  override observe(text: string, row: number): void {
    super.observe(text, row)
    if (this.missing > 0) throw this.#missing(row)
  }

  override settle(): void {
    super.settle()
    if (this.category) this.#checkClasses()
    else this.#checkNumbers()
  }

  /** Whether a target of numbers has the same value in every row. */
  get constant(): boolean {
    return !this.category && this.numbers > 0 && !this.#varies
  }

  protected override number(value: number, text: string, row: number): void {
    super.number(value, text, row)
    if (this.#few.size < 3) this.#few.add(text)
    this.#first ??= value
    if (value !== this.#first) this.#varies = true
  }

  protected override none(row: number): void {
    super.none(row)
    this.#noneRow ??= row
  }

  protected override fits(value: number): boolean {
    return Number.isFinite(value)
  }

  protected override tooMany(row: number): DatasetError {
    const { source, name } = this
    const sentence = `Expected at most 65,535 classes but found more in target column ${quoted(name)}, ${source.at(row)}; for numbers give task: 'regression'.`
    return new DatasetError('DATASET_ERR_LEVELS', sentence, { file: source.file, row, column: name })
  }

  #checkNumbers(): void {
    if (this.#noneRow !== undefined) throw this.#missing(this.#noneRow)
    if (this.#task === 'regression') return
    this.#needTwo(this.#varies ? this.#few : new Set([...this.#few].slice(0, 1)))
    if (this.#few.size > 2) return
    this.category = true
    this.levels = this.#few
  }

  #checkClasses(): void {
    this.#needTwo(this.levels)
    if (!this.levels.has('__proto__')) return
    const sentence = `Expected a class other than "__proto__" in target column ${quoted(this.name)} of ${this.source.whole}.`
    throw errorOf('DATASET_ERR_VALUE', sentence, this.source, this.name)
  }

  #needTwo(labels: ReadonlySet<string>): void {
    const [only] = labels
    if (labels.size !== 1) return
    const sentence = `Expected at least two classes but found only ${quoted(only)} in target column ${quoted(this.name)} of ${this.source.whole}.`
    throw errorOf('DATASET_ERR_TARGET_ONE_CLASS', sentence, this.source, this.name)
  }

  #missing(row: number): DatasetError {
    return errorAt(
      'DATASET_ERR_TARGET_MISSING',
      'Expected a value of the target but found none',
      this.source,
      row,
      this.name,
    )
  }
}
