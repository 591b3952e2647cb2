import { MonitoringError } from '../errors.ts'
import type { Field } from '../field.ts'

export const MOST_SUB_WINDOWS = 1000

export interface RingOptions {
  /** Sub-windows that make the window; the oldest is forgotten when a new one begins. */
  readonly subWindows: number
  /** Milliseconds of a sub-window; each begins at a multiple of it since 1970, in every process alike. */
  readonly subWindowMs: number
}

/** The cells of a ring as JSON; sub-windows of zeros are left out. */
export interface RingState {
  /** Number of the newest sub-window since 1970; -1 before the first. */
  readonly newest: number
  readonly counts: readonly { readonly subWindow: number; readonly cells: readonly number[] }[]
  /** What has been forgotten, summed. */
  readonly forgotten: readonly number[]
}

/** Rows of sums for the last sub-windows of time, in fixed memory. A clock that steps back adds to the newest. */
export class Ring {
  readonly subWindows: number
  readonly subWindowMs: number
  readonly cells: number
  /** Sub-window w is in slots[w % subWindows], for newest - subWindows < w <= newest. */
  readonly #slots: Float64Array[]
  readonly #forgotten: Float64Array
  #newest = -1

  /** @throws MonitoringError MONITORING_ERR_OPTION */
  constructor(cells: number, { subWindows, subWindowMs }: RingOptions) {
    if (!Number.isInteger(subWindows) || subWindows < 1 || subWindows > MOST_SUB_WINDOWS || !(subWindowMs >= 1)) {
      throw new MonitoringError(
        'MONITORING_ERR_OPTION',
        `A window needs 1 to ${MOST_SUB_WINDOWS} subWindows of at least 1 ms.`,
      )
    }
    this.cells = cells
    this.subWindows = subWindows
    this.subWindowMs = subWindowMs
    this.#slots = Array.from({ length: subWindows }, () => new Float64Array(cells))
    this.#forgotten = new Float64Array(cells)
  }

  /** The cells to add to at `now`, milliseconds since 1970. */
  at(now: number): Float64Array {
    this.#advance(Math.floor(now / this.subWindowMs))
    return this.#of(this.#newest)
  }

  /** Sums of the window at `now`: of its newest sub-window, unfinished as it is, and those before. */
  total(now: number): Float64Array {
    this.at(now)
    return sumOf(new Float64Array(this.cells), this.#slots)
  }

  /** The sub-windows of the window at `now`, oldest first: when each begins, and its cells, which go on changing. */
  parts(now: number): { readonly from: number; readonly cells: Float64Array }[] {
    this.at(now)
    return [...this.#live()].map(([subWindow, cells]) => ({ from: subWindow * this.subWindowMs, cells }))
  }

  /** Sums since the beginning. */
  lifetime(): Float64Array {
    return sumOf(this.#forgotten.slice(), this.#slots)
  }

  /** Adds another ring of the same cells and sub-windows. */
  merge(other: Ring): void {
    this.#advance(other.#newest)
    sumInto(this.#forgotten, other.#forgotten)
    for (const [subWindow, cells] of other.#live()) sumInto(this.#of(subWindow), cells)
  }

  get bytes(): number {
    return (this.subWindows + 1) * this.cells * Float64Array.BYTES_PER_ELEMENT
  }

  toJSON(): RingState {
    const counts = [...this.#live()]
      .filter(([, cells]) => cells.some((cell) => cell !== 0))
      .map(([subWindow, cells]) => ({ subWindow, cells: Array.from(cells) }))
    return { newest: this.#newest, counts, forgotten: Array.from(this.#forgotten) }
  }

  /** Fills a new ring from the fields of a state; `read` gives checked cells. */
  restore(at: Record<keyof RingState, Field>, read: (cells: Field) => ArrayLike<number>): void {
    const newest = at.newest.count(-1, Number.MAX_SAFE_INTEGER)
    this.#newest = newest
    this.#forgotten.set(read(at.forgotten))
    let least = Math.max(0, newest - this.subWindows + 1)
    at.counts.items(0, this.subWindows, (item) => {
      const part = item.object(['subWindow', 'cells'])
      const subWindow = part.subWindow.count(least, Math.max(newest, 0))
      this.#of(subWindow).set(read(part.cells))
      least = subWindow + 1
    })
  }

  /** The cells of a sub-window; one that is already forgotten is part of what is. */
  #of(subWindow: number): Float64Array {
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

export function sumInto(target: Float64Array, cells: ArrayLike<number>): void {
  for (let cell = 0; cell < target.length; cell++) target[cell] += cells[cell]
}

function sumOf(total: Float64Array, slots: readonly Float64Array[]): Float64Array {
  for (const slot of slots) sumInto(total, slot)
  return total
}
