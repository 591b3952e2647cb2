import { MonitoringError } from '../errors.ts'
import { Field } from '../field.ts'
import type { Reference } from '../reference.ts'
import { type AnsweredRows, Counter } from './counter.ts'
import { Layout } from './layout.ts'
import { MOST_SUB_WINDOWS, Ring, type RingOptions, type RingState, sumInto } from './ring.ts'

const WINDOW_FORMAT = 'copse-window'
const WINDOW_VERSION = 1

export type WindowOptions = Partial<RingOptions>

/** An hour in twelve parts. */
export const WINDOW_DEFAULTS: RingOptions = { subWindows: 12, subWindowMs: 300_000 }

/** A window as JSON; cells are those of `Layout`. */
export interface WindowState extends RingState {
  readonly format: typeof WINDOW_FORMAT
  readonly version: typeof WINDOW_VERSION
  readonly modelSha256: string
  /** Checksum of the reference that gives the cells their meaning. */
  readonly reference: string
  readonly subWindows: number
  readonly subWindowMs: number
}

/**
 * What one model version was asked and answered of late: plain counts in fixed memory, which processes and pods may sum.
 * Times are milliseconds since 1970.
 */
export class Window {
  readonly layout: Layout
  readonly #counter: Counter
  readonly #ring: Ring

  /** @throws MonitoringError MONITORING_ERR_OPTION */
  constructor(reference: Reference, options: WindowOptions = {}) {
    this.layout = new Layout(reference)
    this.#counter = new Counter(this.layout)
    this.#ring = new Ring(this.layout.cells, { ...WINDOW_DEFAULTS, ...options })
  }

  /** Counts rows as `Counter.add` does. Nothing is allocated. */
  add(values: Float32Array, answers: AnsweredRows, now: number = Date.now()): void {
    this.#counter.add(this.#ring.at(now), values, answers)
  }

  /**
   * Adds what another process counted with the same reference, such as the cells of its `Counter`.
   *
   * @throws MonitoringError MONITORING_ERR_STRUCTURE when `cells` are not counts of this layout
   */
  addCounts(cells: ArrayLike<number>, now: number = Date.now()): void {
    checkCells(new Field(cells, 'cells', 'The window'), this.layout)
    sumInto(this.#ring.at(now), cells)
  }

  /**
   * Adds another window of the same reference and sub-windows, as if its rows had been added here: in any order and
   * grouping the outcome is the same.
   *
   * @throws MonitoringError MONITORING_ERR_MISMATCH
   */
  merge(other: Window): void {
    expectSame('windows', other.#identity(), this.#identity())
    this.#ring.merge(other.#ring)
  }

  /** Counts of the window at `now`: of its newest sub-window, unfinished as it is, and those before. */
  total(now: number = Date.now()): Float64Array {
    return this.#ring.total(now)
  }

  /** Counts of all rows ever added; they only grow. */
  lifetime(): Float64Array {
    return this.#ring.lifetime()
  }

  /** Bytes of the counts, which never change. */
  get bytes(): number {
    return this.#ring.bytes
  }

  toJSON(): WindowState {
    return { format: WINDOW_FORMAT, version: WINDOW_VERSION, ...this.#identity(), ...this.#ring.toJSON() }
  }

  /**
   * A window of `reference` and `options` that goes on from a state that nobody vouches for.
   *
   * @throws MonitoringError MONITORING_ERR_FORMAT, MONITORING_ERR_VERSION, MONITORING_ERR_STRUCTURE, MONITORING_ERR_OPTION,
   * or MONITORING_ERR_MISMATCH when the state is of another model, reference or division into sub-windows
   */
  static parse(json: unknown, reference: Reference, options: WindowOptions = {}): Window {
    const window = new Window(reference, options)
    const root = new Field(json, '', 'The window')
    root.format(WINDOW_FORMAT, WINDOW_VERSION)
    const at = root.object([
      'format',
      'version',
      'modelSha256',
      'reference',
      'subWindows',
      'subWindowMs',
      'newest',
      'counts',
      'forgotten',
    ])
    const found = {
      modelSha256: at.modelSha256.sha256(),
      reference: at.reference.sha256(),
      subWindows: at.subWindows.count(1, MOST_SUB_WINDOWS),
      subWindowMs: at.subWindowMs.number(1),
    }
    expectSame('states of windows', found, window.#identity())
    window.#ring.restore(at, (cells) => checkCells(cells, window.layout))
    return window
  }

  #identity() {
    const { modelSha256, checksum } = this.layout.reference
    const { subWindows, subWindowMs } = this.#ring
    return { modelSha256, reference: checksum, subWindows, subWindowMs }
  }
}

/** Whole numbers, as many as the layout has, that add up to its rows in every series. */
function checkCells(field: Field, { cells, series }: Layout): ArrayLike<number> {
  const read = readCells(field, cells)
  for (const { name, type, start, bins } of series) {
    let rows = type === 'category' ? read[start + bins + 1] : 0
    for (let bin = 0; bin <= bins; bin++) rows += read[start + bin]
    if (rows !== read[0]) throw field.fail(`counts of ${JSON.stringify(name)} that sum to the rows`)
  }
  return read
}

/** Those that a process counted come several times a second: they are looked at where they are, without a `Field` for each. */
function readCells({ value, path }: Field, cells: number): ArrayLike<number> {
  const most = Number.MAX_SAFE_INTEGER
  if (value instanceof Float64Array && value.length === cells) {
    const wrong = value.findIndex((count) => !Number.isSafeInteger(count) || count < 0)
    if (wrong >= 0)
      throw new Field(value[wrong], `${path}[${wrong}]`, 'The window').fail(`a whole number of 0 to ${most}`)
    return value
  }
  const counts = ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value
  return new Field(counts, path, 'The window').items(cells, cells, (item) => item.count(0, most))
}

export function expectSame(what: string, found: Record<string, unknown>, expected: Record<string, unknown>): void {
  for (const key in expected) {
    if (found[key] === expected[key]) continue
    throw new MonitoringError(
      'MONITORING_ERR_MISMATCH',
      `Only ${what} of the same ${key} go together: ${JSON.stringify(expected[key])} was expected.`,
    )
  }
}
