import { type Block, layOutBlock } from './kernel-block.ts'
import { leavesOf, markRare } from './kernel-leaves.ts'
import { layOutTemporary, load } from './kernel-load.ts'
import { classesOf, type KernelInput, layOut, type Places } from './kernel-places.ts'
import { instantiateKernel, type Kernel } from './predict-kernel.ts'
import { blockRowsOf, type Signals, type Walker } from './walker.ts'

const PAGE = 65536

/** Walks a forest in WebAssembly, over a memory of its own. */
export class KernelWalk implements Walker {
  readonly blockRows: number
  readonly outputs: number
  readonly #input: KernelInput
  readonly #features: number
  readonly #columns: number
  readonly #kernel: Kernel
  readonly #memory: WebAssembly.Memory<ArrayBuffer>
  readonly #places: Places
  #block: Block
  #row: Float32Array
  #sum: Float64Array
  #rows: Float32Array = new Float32Array(0)
  #sums: Float64Array = new Float64Array(0)
  #words: Uint32Array = new Uint32Array(0)
  #leafOfNode: Uint32Array | undefined
  #rareBelow: number | undefined

  /**
   * Puts the trees of a file into a memory, checking them as `unpackTrees` does; 'refused' where that would throw.
   * Undefined where the platform lacks WebAssembly SIMD, or memory for this forest.
   */
  static read(input: KernelInput): KernelWalk | 'refused' | undefined {
    const places = layOut(input)
    if (places === undefined) return undefined
    const temporary = layOutTemporary(input, places)
    const { memory, kernel } = instantiateKernel(temporary.end) ?? {}
    if (memory === undefined || kernel === undefined) return undefined
    const columns = load(input, places, temporary, memory, kernel)
    return columns === undefined ? 'refused' : new KernelWalk(input, places, memory, kernel, columns)
  }

  private constructor(
    input: KernelInput,
    places: Places,
    memory: WebAssembly.Memory<ArrayBuffer>,
    kernel: Kernel,
    columns: number,
  ) {
    this.#input = input
    this.#features = input.description.signature.features.length
    this.#columns = columns
    this.outputs = Math.max(1, classesOf(input))
    this.blockRows = blockRowsOf(Math.max(columns, this.#features, this.outputs))
    this.#memory = memory
    this.#kernel = kernel
    this.#places = places
    this.#block = layOutBlock(places.end, 0, this.#features, columns, this.outputs)
    this.#row = new Float32Array(memory.buffer, places.row, this.#features)
    this.#sum = new Float64Array(memory.buffer, places.sum, this.outputs)
  }

  rows(count: number): Float32Array {
    if (count === 1) return this.#row
    if (count > this.#block.room) this.#reserve(count)
    return this.#rows
  }

  answer(count: number): Float64Array {
    if (count === 1) {
      this.#kernel.answerOne()
      return this.#sum
    }
    const { rows, tiles, ends, sums } = this.#block
    this.#kernel.answerBlock(count, rows, tiles, ends, sums)
    return this.#sums
  }

  apply(count: number, leafIds: Uint32Array, start: number): void {
    this.#placeRows(count)
    const { rows, tiles, ends } = this.#block
    const { trees } = this.#input.counts
    this.#leafOfNode ??= leavesOf(this.#input)
    this.#kernel.fillTiles(count, rows, tiles)
    for (let tree = 0; tree < trees; tree++) {
      this.#kernel.walkTree(tree, tiles, count, ends)
      for (let row = 0; row < count; row++) {
        const node = (this.#words[ends / 4 + row] - this.#places.nodes) / this.#places.nodeBytes
        leafIds[start + row * trees + tree] = this.#leafOfNode[node]
      }
    }
  }

  signal(count: number, rareBelow: number): Signals {
    this.#placeRows(count)
    const { rows, tiles, ends, sums, votes, disagreement, rare } = this.#block
    const known = this.#input.sections.leafRows !== undefined
    if (known && this.#rareBelow !== rareBelow) {
      markRare(this.#input, rareBelow, new Uint8Array(this.#memory.buffer, this.#places.rareBits))
      this.#rareBelow = rareBelow
    }
    const rareBits = known ? this.#places.rareBits : 0
    this.#kernel.answerSignals(count, rows, tiles, ends, sums, votes, disagreement, rare, rareBits)
    const { buffer } = this.#memory
    return {
      answers: this.#sums,
      disagreement: new Float64Array(buffer, disagreement, count),
      rareShare: known ? new Float64Array(buffer, rare, count) : undefined,
    }
  }

  /** Puts a single row where blocks of them are taken from. */
  #placeRows(count: number): void {
    if (count > this.#block.room) this.#reserve(count)
    if (count === 1) this.#rows.set(this.#row)
  }

  #reserve(count: number): void {
    const rows = Math.min(this.blockRows, Math.max(64, 2 ** Math.ceil(Math.log2(count))))
    const block = layOutBlock(this.#places.end, rows, this.#features, this.#columns, this.outputs)
    const missing = Math.ceil(block.end / PAGE) - this.#memory.buffer.byteLength / PAGE
    if (missing > 0) this.#memory.grow(missing)
    const { buffer } = this.#memory
    this.#block = block
    this.#row = new Float32Array(buffer, this.#places.row, this.#features)
    this.#sum = new Float64Array(buffer, this.#places.sum, this.outputs)
    this.#words = new Uint32Array(buffer)
    this.#rows = new Float32Array(buffer, block.rows, rows * this.#features)
    this.#sums = new Float64Array(buffer, block.sums, rows * this.outputs)
  }
}
