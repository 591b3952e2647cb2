import base64 from './kernels/predict.ts'

/** The functions of kernels/predict.ts; addresses are bytes. */
export interface Kernel {
  configure(): void
  read(stack: number, payloads: number): number
  columnCount(): number
  hasSubsets(): number
  answerOne(): void
  answerBlock(count: number, rows: number, tiles: number, ends: number, sums: number): void
  fillTiles(count: number, rows: number, tiles: number): void
  walkTree(tree: number, tiles: number, count: number, ends: number): void
  answerSignals(
    count: number,
    rows: number,
    tiles: number,
    ends: number,
    sums: number,
    votes: number,
    disagreement: number,
    rare: number,
    rareBits: number,
  ): void
  continueChecksum(start: number, from: number, end: number, table: number): number
}

export interface KernelInstance {
  readonly memory: WebAssembly.Memory<ArrayBuffer>
  readonly kernel: Kernel
}

/**
 * A kernel with a memory of its own, of at least `bytes`; undefined where the platform lacks WebAssembly SIMD or memory.
 * It is compiled once, and at once: browsers allow that on any thread up to 8 MB, older ones up to 4 KB.
 */
export function instantiateKernel(bytes: number): KernelInstance | undefined {
  try {
    compiled ??= new WebAssembly.Module(decoded())
    const memory = new WebAssembly.Memory<ArrayBuffer>({ initial: Math.ceil(bytes / PAGE) })
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
    return { memory, kernel: exports as unknown as Kernel }
  } catch {
    return undefined
  }
}

/** Uint8Array.fromBase64 is a hundred times faster, but Node 22 has none. */
function decoded(): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }
  if (fromBase64) return fromBase64(base64)
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

const PAGE = 65536
let compiled: WebAssembly.Module | undefined
