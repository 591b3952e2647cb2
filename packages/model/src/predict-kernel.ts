import base64 from './kernels/predict.ts'

/** The functions of kernels/predict.ts; addresses are bytes. */
export interface Kernel {
  configure(): void
  markColumns(used: number): number
  read(stack: number): number
  hasSubsets(): number
  answerOne(): void
  answerBlock(count: number, rows: number, tiles: number, ends: number, sums: number): void
  continueChecksum(start: number, from: number, end: number, table: number): number
}

export interface KernelInstance {
  readonly memory: WebAssembly.Memory
  readonly kernel: Kernel
}

/**
 * A kernel with a memory of its own, of at least `bytes`; undefined where the platform lacks WebAssembly SIMD or memory.
 * It is compiled once, and at once: browsers allow that on any thread up to 8 MB, older ones up to 4 KB.
 */
export function instantiateKernel(bytes: number): KernelInstance | undefined {
  try {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) })
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
    return { memory, kernel: exports as unknown as Kernel }
  } catch {
    return undefined
  }
}

const PAGE = 65536
let compiled: WebAssembly.Module | undefined
