import { valueOfLevel } from './coins.ts'
import type { CodedColumn } from './encode.ts'
import { instantiateKernel, kernelModule } from './kernel-module.ts'
import type { Feature } from './table.ts'

/** Exports of kernels/encode.ts and place.ts. */
interface Kernel {
  encodeBytes(rows: number): number
  startColumn(scratch: number, rows: number, to: number): void
  sortColumn(digit: number): void
  finishColumn(): number
  encodeLevels(scratch: number, rows: number, to: number): void
  placeCodes(from: number, apart: number, count: number, to: number, stride: number, first: number, end: number): void
  placeValues(from: number, apart: number, count: number, to: number, stride: number, rows: number): void
  readonly encodedLow: WebAssembly.Global
  readonly encodedHigh: WebAssembly.Global
  readonly encodedMissing: WebAssembly.Global
  readonly encodedExact: WebAssembly.Global
}

const PAGE = 65536
/** Most bytes of a WebAssembly memory. */
const MOST_BYTES = 65536 * PAGE

/** Where the cells of the table lie in the memory: first. */
export const CELLS = 1024

/** Columns whose codes are put in their places together, and rows between two pauses. */
const TOGETHER = 8
const ROWS_AT_ONCE = 1 << 16
/** Rows whose values are put in their places together: a few columns of them stay in the cache. */
const VALUES_TOGETHER = 1024

/**
 * Turns columns into codes, or puts their values row by row, to what encode.ts and place-values.ts make of them: at the start
 * of the memory that trees will be grown in. What lies behind the cells meanwhile is of no use afterwards.
 */
export class KernelEncoder {
  /** Shared, and free to grow. */
  readonly memory: WebAssembly.Memory
  readonly #rows: number
  readonly #kernel: Kernel
  readonly #stride: number
  readonly #apart: number
  readonly #waiting: number
  readonly #scratch: number
  #placed = 0
  #count = 0

  private constructor(rows: number, stride: number, cellBytes: number) {
    this.#rows = rows
    this.#stride = stride
    this.#apart = align(rows * 2)
    this.#waiting = align(CELLS + rows * stride * cellBytes)
    this.#scratch = this.#waiting + TOGETHER * this.#apart
    const scratchBytes = 20 * rows + (1 << 20)
    if (this.#scratch + scratchBytes > MOST_BYTES) throw new RangeError('too large')
    const pages = Math.ceil((cellBytes === 2 ? this.#scratch + scratchBytes : this.#waiting + (1 << 18)) / PAGE)
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: MOST_BYTES / PAGE, shared: true })
    this.#kernel = instantiateKernel<Kernel>(this.memory, kernelModule())
  }

  /**
   * Undefined where the platform lacks what it needs, or a table is too small to gain by it.
   *
   * @param stride cells from a row to the next.
   */
  static create(rows: number, stride: number, cell: 'code' | 'value'): KernelEncoder | undefined {
    if (rows < LEAST_ROWS) return undefined
    try {
      return new KernelEncoder(rows, stride, cell === 'code' ? 2 : 4)
    } catch {
      return undefined
    }
  }

  /** [rows * stride] */
  get codes(): Uint16Array {
    return new Uint16Array(this.memory.buffer, CELLS, this.#rows * this.#stride)
  }

  /** [rows * stride] */
  get values(): Float32Array {
    return new Float32Array(this.memory.buffer, CELLS, this.#rows * this.#stride)
  }

  /** Encodes the next column; answers what its codes stand for. `finish` puts those of the last ones in their places. */
  *encode(
    column: Float32Array,
    feature: Feature,
    allocate: (bytes: number) => ArrayBufferLike,
  ): Generator<void, CodedColumn> {
    if (this.#count === TOGETHER) yield* this.finish()
    const to = this.#waiting + this.#count++ * this.#apart
    const { buffer } = this.memory
    const kernel = this.#kernel
    new Float32Array(buffer, this.#scratch, this.#rows).set(column)
    if (feature.type === 'category') {
      kernel.encodeLevels(this.#scratch, this.#rows, to)
      const missing = kernel.encodedMissing.value === 1
      return { levels: feature.levels.length, missing, exact: true, low: NO_VALUES, high: NO_VALUES }
    }
    kernel.startColumn(this.#scratch, this.#rows, to)
    for (let digit = 0; digit < 3; digit++) {
      yield
      kernel.sortColumn(digit)
    }
    yield
    const used = kernel.finishColumn()
    const exact = kernel.encodedExact.value === 1
    const copy = (from: WebAssembly.Global) => {
      const values = new Float32Array(allocate(used * 4))
      values.set(new Float32Array(buffer, from.value >>> 0, used))
      return values
    }
    const low = copy(kernel.encodedLow)
    const missing = kernel.encodedMissing.value === 1
    return { levels: 0, missing, exact, low, high: exact ? low : copy(kernel.encodedHigh) }
  }

  /** Puts the codes of the columns that wait in their places. */
  *finish(): Generator<void, void> {
    const to = CELLS + 2 * this.#placed
    for (let row = 0; row < this.#rows; row += ROWS_AT_ONCE) {
      const end = Math.min(this.#rows, row + ROWS_AT_ONCE)
      this.#kernel.placeCodes(this.#waiting, this.#apart, this.#count, to, 2 * this.#stride, row, end)
      yield
    }
    this.#placed += this.#count
    this.#count = 0
  }

  /** Puts the values of all columns in their places. */
  *place(columns: readonly Float32Array[], isLevels: readonly boolean[]): Generator<void, void> {
    const stage = new Float32Array(this.memory.buffer, this.#waiting, TOGETHER * VALUES_TOGETHER)
    for (let row = 0; row < this.#rows; row += VALUES_TOGETHER) {
      const rows = Math.min(VALUES_TOGETHER, this.#rows - row)
      for (let f = 0; f < columns.length; f += TOGETHER) {
        const count = Math.min(TOGETHER, columns.length - f)
        for (let k = 0; k < count; k++) {
          const start = k * VALUES_TOGETHER
          stage.set(columns[f + k].subarray(row, row + rows), start)
          if (isLevels[f + k]) for (let i = start; i < start + rows; i++) stage[i] = valueOfLevel(stage[i])
        }
        const to = CELLS + 4 * (row * this.#stride + f)
        this.#kernel.placeValues(this.#waiting, 4 * VALUES_TOGETHER, count, to, 4 * this.#stride, rows)
      }
      if (row % (16 * VALUES_TOGETHER) === 0) yield
    }
  }
}

const LEAST_ROWS = 2000
const NO_VALUES = new Float32Array(0)

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
