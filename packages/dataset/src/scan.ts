import { isCode, isInexactInteger, parseAskedDecimal, parseDecimal } from './decimal.ts'
import { DatasetError } from './errors.ts'
import type { PlannedColumn } from './header.ts'
import { absence, isInfinity, MISSING, NONE } from './missing.ts'
import type { ColumnType } from './options.ts'
import { errorAt, quoted, type Source } from './source.ts'

/** The most levels a category may have: a code is written in 16 bits. The same for classes. */
export const MAX_LEVELS = 65_535

interface Seen {
  readonly row: number
  readonly text: string
}

/**
 * What the first pass learns about one column: its type, its levels, how many values are missing.
 *
 * A column is numbers until a value says otherwise. Levels are collected only while it is known to be a category, so a
 * column of numbers costs no memory; one that turns late is `incomplete` and wants a second pass through `collect`.
 */
export class ColumnScan {
  readonly name: string
  /** Whether the column is a category as far as is known. */
  category: boolean
  /** Whether values went by before the column turned out to be a category. */
  incomplete = false
  /** Values missing whatever the type; `nones` more are missing among numbers. */
  missing = 0
  nones = 0
  numbers = 0
  /** Whether every number is an integer, and the largest magnitude among them. */
  integers = true
  largest = 0
  /** The first integer that float64 cannot hold, and the first other text that made this column a category. */
  inexact: Seen | undefined
  turned: Seen | undefined
  protected levels = new Set<string>()
  protected readonly limit: string = 'a finite float32 number (at most 3.4e38)'
  protected readonly asked: ColumnType | undefined
  protected readonly source: Source
  #infinite: Seen | undefined

  constructor(column: PlannedColumn, source: Source) {
    this.name = column.name
    this.asked = column.asked
    this.category = column.asked === 'category'
    this.source = source
  }

  /** Takes one value, trimmed, in the first pass. */
  observe(text: string, row: number): void {
    if (this.category) {
      if (absence(text) === MISSING) this.missing++
      else if (!this.incomplete) this.#level(text, row)
      return
    }
    const value = this.asked === undefined ? parseDecimal(text) : parseAskedDecimal(text)
    if (Number.isNaN(value)) this.#notNumber(text, row)
    else this.number(value, text, row)
  }

  /** Takes one value again, when the column is `incomplete`. */
  collect(text: string, row: number): void {
    if (absence(text) !== MISSING) this.#level(text, row)
  }

  /** Ends the scan: refuses infinities among numbers. */
  settle(): void {
    if (this.category || this.#infinite === undefined) return
    const { row, text } = this.#infinite
    throw errorAt(
      'DATASET_ERR_INFINITE',
      `Expected ${this.limit} but found ${quoted(text)}`,
      this.source,
      row,
      this.name,
    )
  }

  /** Distinct values of a category, in no order. */
  get labels(): ReadonlySet<string> {
    return this.levels
  }

  protected number(value: number, text: string, row: number): void {
    if (this.asked === undefined && isInexactInteger(text, value)) {
      this.inexact = { row, text }
      this.#turn(text, row)
      return
    }
    this.numbers++
    const magnitude = Math.abs(value)
    if (magnitude > this.largest) this.largest = magnitude
    if (this.integers && !Number.isInteger(value)) this.integers = false
    if (!this.fits(value)) this.#infinite ??= { row, text }
  }

  protected none(_row: number): void {
    this.nones++
  }

  protected fits(value: number): boolean {
    return Number.isFinite(Math.fround(value))
  }

  #notNumber(text: string, row: number): void {
    const absent = absence(text)
    if (absent === MISSING) this.missing++
    else if (absent === NONE) this.none(row)
    else if (isInfinity(text)) this.#infinite ??= { row, text }
    else if (this.asked === 'number') {
      throw errorAt('DATASET_ERR_VALUE', `Expected a number but found ${quoted(text)}`, this.source, row, this.name)
    } else {
      if (this.numbers > 0 && !isCode(text)) this.turned = { row, text }
      this.#turn(text, row)
    }
  }

  #turn(text: string, row: number): void {
    this.category = true
    this.incomplete = this.numbers > 0 || this.nones > 0 || this.#infinite !== undefined
    if (!this.incomplete) this.#level(text, row)
  }

  #level(text: string, row: number): void {
    if (this.levels.has(text)) return
    if (this.levels.size === MAX_LEVELS) throw this.tooMany(row)
    this.levels.add(detach(text))
  }

  protected tooMany(row: number): DatasetError {
    const { source, name } = this
    const sentence = `Expected at most 65,535 levels but found more in column ${quoted(name)}, ${source.at(row)}; leave it out with ignore: [${quoted(name)}].`
    return new DatasetError('DATASET_ERR_LEVELS', sentence, { file: source.file, row, column: name })
  }
}

// A text cut from a chunk keeps the whole chunk in memory; a round trip through JSON makes a copy, lone surrogates too.
function detach(text: string): string {
  return JSON.parse(JSON.stringify(text))
}
