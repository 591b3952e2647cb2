import type { CodedColumn } from './encode.ts'
import { instantiateKernel, kernelModule } from './kernel-module.ts'

/** Exports of kernels/encode.ts. */
interface Kernel {
  encodeBytes(rows: number): number
  startColumn(scratch: number, rows: number): void
  sortColumn(digit: number): void
  finishColumn(): number
  readonly encodedCodes: WebAssembly.Global
  readonly encodedLow: WebAssembly.Global
  readonly encodedHigh: WebAssembly.Global
  readonly encodedMissing: WebAssembly.Global
  readonly encodedExact: WebAssembly.Global
}

const PAGE = 65536
const SCRATCH = 1024

/** Encodes columns of numbers by a kernel, to what encode.ts makes of them. */
export class KernelEncoder {
  readonly #rows: number
  readonly #memory: WebAssembly.Memory
  readonly #kernel: Kernel

  private constructor(rows: number) {
    this.#rows = rows
    const pages = Math.ceil((SCRATCH + 24 * rows + (1 << 20)) / PAGE)
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    this.#kernel = instantiateKernel<Kernel>(this.#memory, kernelModule())
  }

  /** Undefined where the platform lacks what it needs, or a table is too small to gain by it. */
  static create(rows: number): KernelEncoder | undefined {
    if (rows < LEAST_ROWS) return undefined
    try {
      return new KernelEncoder(rows)
    } catch {
      return undefined
    }
  }

  /** The codes by row, valid until the next call, and what they stand for. */
  *encode(
    column: Float32Array,
    allocate: (bytes: number) => ArrayBufferLike,
  ): Generator<void, { codes: Uint16Array; about: CodedColumn }> {
    const { buffer } = this.#memory
    const kernel = this.#kernel
    new Float32Array(buffer, SCRATCH, this.#rows).set(column)
    kernel.startColumn(SCRATCH, this.#rows)
    for (let digit = 0; digit < 3; digit++) {
      yield
      kernel.sortColumn(digit)
    }
    yield
    const used = kernel.finishColumn()
    const exact = kernel.encodedExact.value === 1
    const copy = (from: WebAssembly.Global) => {
      const values = new Float32Array(allocate(used * 4))
      values.set(new Float32Array(buffer, from.value, used))
      return values
    }
    const low = copy(kernel.encodedLow)
    return {
      codes: new Uint16Array(buffer, kernel.encodedCodes.value, this.#rows),
      about: {
        levels: 0,
        missing: kernel.encodedMissing.value === 1,
        exact,
        low,
        high: exact ? low : copy(kernel.encodedHigh),
      },
    }
  }
}

const LEAST_ROWS = 2000
