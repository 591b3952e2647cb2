import { decodeBase64 } from './decode-base64.ts'
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
  continueChecksum(start: number, from: number, end: number): number
  fillTable(): void
  startSurvey(): void
  surveyValues(from: number, end: number): void
  readonly least: WebAssembly.Global
  readonly most: WebAssembly.Global
  readonly someMissing: WebAssembly.Global
  readonly allWhole: WebAssembly.Global
  startNumbers(at: number, features: number, isWide: number, count: number, mostDistinct: number): void
  numberStaged(count: number): number
  rankNumbers(): number
  rankSplits(from: number, to: number, bytes: number): void
  readonly numberFeature: WebAssembly.Global
  readonly numberIndex: WebAssembly.Global
  readonly numberStage: WebAssembly.Global
  readonly distinct: WebAssembly.Global
  readonly found: WebAssembly.Global
  readonly ranked: WebAssembly.Global
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
    compiled ??= new WebAssembly.Module(decodeBase64(base64))
    const memory = new WebAssembly.Memory<ArrayBuffer>({ initial: Math.ceil(bytes / PAGE) })
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
    return { memory, kernel: exports as unknown as Kernel }
  } catch {
    return undefined
  }
}

const PAGE = 65536
let compiled: WebAssembly.Module | undefined
