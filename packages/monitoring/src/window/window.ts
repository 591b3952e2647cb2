import { MonitoringError } from '../errors.ts'
import { Field } from '../field.ts'
import type { Reference } from '../reference.ts'
import { type AnsweredRows, Counter } from './counter.ts'
import { Layout } from './layout.ts'

export const WINDOW_FORMAT = 'copse-window'
export const WINDOW_VERSION = 1

export interface WindowOptions {
  /** Sub-windows that make the window; the oldest is forgotten when a new one begins. */
  readonly subWindows?: number
  /** Milliseconds of a sub-window; each begins at a multiple of it since 1970, in every process alike. */
  readonly subWindowMs?: number
}

/** An hour in twelve parts. */
export const WINDOW_DEFAULTS: Required<WindowOptions> = { subWindows: 12, subWindowMs: 300_000 }

const MOST_SUB_WINDOWS = 1000

/** A window as JSON. Cells are those of `Layout`; sub-windows that counted nothing are left out. */
export interface WindowState {
  readonly format: typeof WINDOW_FORMAT
  readonly version: typeof WINDOW_VERSION
  readonly modelSha256: string
  /** Checksum of the reference that gives the cells their meaning. */
  readonly reference: string
  readonly subWindows: number
  readonly subWindowMs: number
  /** Number of the newest sub-window since 1970; -1 before the first row. */
  readonly newest: number
  readonly counts: readonly { readonly subWindow: number; readonly cells: readonly number[] }[]
  /** What the window has forgotten, summed. */
  readonly forgotten: readonly number[]
}

/**
 * What one model version was asked and answered of late: plain counts in fixed memory, which processes and pods may sum.
 * Times are milliseconds since 1970; a clock that steps back adds to the newest sub-window.
 */
export class Window {
  readonly layout: Layout
  readonly subWindows: number
  readonly subWindowMs: number
  readonly #counter: Counter
  /** Sub-window w is in slots[w % subWindows], for newest - subWindows < w <= newest. */
  readonly #slots: Float64Array[]
  readonly #forgotten: Float64Array
  #newest = -1

  /** @throws MonitoringError MONITORING_ERR_OPTION */
  constructor(reference: Reference, options: WindowOptions = {}) {
    const { subWindows, subWindowMs } = { ...WINDOW_DEFAULTS, ...options }
    if (!Number.isInteger(subWindows) || subWindows < 1 || subWindows > MOST_SUB_WINDOWS || !(subWindowMs >= 1)) {
      throw new MonitoringError(
        'MONITORING_ERR_OPTION',
        `A window needs 1 to ${MOST_SUB_WINDOWS} subWindows of at least 1 ms.`,
      )
    }
    this.layout = new Layout(reference)
    this.subWindows = subWindows
    this.subWindowMs = subWindowMs
    this.#counter = new Counter(this.layout)
    this.#slots = Array.from({ length: subWindows }, () => new Float64Array(this.layout.cells))
    this.#forgotten = new Float64Array(this.layout.cells)
  }

  /** Counts rows as `Counter.add` does. Nothing is allocated. */
  add(values: Float32Array, answers: AnsweredRows, now: number = Date.now()): void {
    this.#counter.add(this.#slot(now), values, answers)
  }

  /**
   * Adds what another process counted with the same reference, such as the cells of its `Counter`.
   *
   * @throws MonitoringError MONITORING_ERR_STRUCTURE when `cells` are not counts of this layout
   */
  addCounts(cells: ArrayLike<number>, now: number = Date.now()): void {
    checkCells(new Field(cells, 'cells', 'The window'), this.layout)
    sumInto(this.#slot(now), cells)
  }

  /**
   * Adds another window of the same reference and sub-windows, as if its rows had been added here: in any order and
   * grouping the outcome is the same.
   *
   * @throws MonitoringError MONITORING_ERR_MISMATCH
   */
  merge(other: Window): void {
    expectSame('windows', other.#identity(), this.#identity())
    this.#advance(other.#newest)
    sumInto(this.#forgotten, other.#forgotten)
    for (const [subWindow, cells] of other.#live()) sumInto(this.#at(subWindow), cells)
  }

  /** Counts of the window at `now`: of its newest sub-window, unfinished as it is, and those before. */
  total(now: number = Date.now()): Float64Array {
    this.#slot(now)
    const total = new Float64Array(this.layout.cells)
    for (const slot of this.#slots) sumInto(total, slot)
    return total
  }

  /** Counts of all rows ever added; they only grow. */
  lifetime(): Float64Array {
    const total = this.#forgotten.slice()
    for (const slot of this.#slots) sumInto(total, slot)
    return total
  }

  /** Bytes of the counts, which never change. */
  get bytes(): number {
    return (this.subWindows + 1) * this.layout.cells * Float64Array.BYTES_PER_ELEMENT
  }

  toJSON(): WindowState {
    const counts = [...this.#live()]
      .filter(([, cells]) => cells[0] > 0)
      .map(([subWindow, cells]) => ({ subWindow, cells: Array.from(cells) }))
    return {
      format: WINDOW_FORMAT,
      version: WINDOW_VERSION,
      ...this.#identity(),
      newest: this.#newest,
      counts,
      forgotten: Array.from(this.#forgotten),
    }
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
    const newest = at.newest.count(-1, Number.MAX_SAFE_INTEGER)
    window.#newest = newest
    checkCells(at.forgotten, window.layout)
    window.#forgotten.set(at.forgotten.value as number[])
    let least = Math.max(0, newest - window.subWindows + 1)
    at.counts.items(0, window.subWindows, (item) => {
      const part = item.object(['subWindow', 'cells'])
      const subWindow = part.subWindow.count(least, Math.max(newest, 0))
      checkCells(part.cells, window.layout)
      window.#at(subWindow).set(part.cells.value as number[])
      least = subWindow + 1
    })
    return window
  }

  #identity() {
    const { modelSha256, checksum } = this.layout.reference
    return { modelSha256, reference: checksum, subWindows: this.subWindows, subWindowMs: this.subWindowMs }
  }

  #slot(now: number): Float64Array {
    this.#advance(Math.floor(now / this.subWindowMs))
    return this.#at(this.#newest)
  }

  /** The cells of a sub-window; one that is already forgotten is part of what is. */
  #at(subWindow: number): Float64Array {
    return subWindow > this.#newest - this.subWindows ? this.#slots[subWindow % this.subWindows] : this.#forgotten
  }

  #advance(newest: number): void {
    if (newest <= this.#newest) return
    const first = Math.max(this.#newest + 1, newest - this.subWindows + 1)
    for (let subWindow = first; subWindow <= newest; subWindow++) {
      const slot = this.#slots[subWindow % this.subWindows]
      sumInto(this.#forgotten, slot)
      slot.fill(0)
    }
    this.#newest = newest
  }

  *#live(): Generator<[number, Float64Array]> {
    for (let subWindow = Math.max(0, this.#newest - this.subWindows + 1); subWindow <= this.#newest; subWindow++) {
      yield [subWindow, this.#slots[subWindow % this.subWindows]]
    }
  }
}

function sumInto(target: Float64Array, cells: ArrayLike<number>): void {
  for (let cell = 0; cell < target.length; cell++) target[cell] += cells[cell]
}

/** Whole numbers, as many as the layout has, that add up to its rows in every series. */
function checkCells(field: Field, { cells, series }: Layout): void {
  const { value } = field
  const counts = ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value
  const read = new Field(counts, field.path, 'The window').items(cells, cells, (item) =>
    item.count(0, Number.MAX_SAFE_INTEGER),
  )
  for (const { name, type, start, bins } of series) {
    let rows = type === 'category' ? read[start + bins + 1] : 0
    for (let bin = 0; bin <= bins; bin++) rows += read[start + bin]
    if (rows !== read[0]) throw field.fail(`counts of ${JSON.stringify(name)} that sum to the rows`)
  }
}

function expectSame(what: string, found: Record<string, unknown>, expected: Record<string, unknown>): void {
  for (const key in expected) {
    if (found[key] === expected[key]) continue
    throw new MonitoringError(
      'MONITORING_ERR_MISMATCH',
      `Only ${what} of the same ${key} go together: ${JSON.stringify(expected[key])} was expected.`,
    )
  }
}
