import type { Description } from './check-description.ts'
import { elementType, SECTIONS, type Sections } from './format.ts'
import { MANY_ROWS } from './pack-trees.ts'
import { instantiateKernel, type Kernel } from './predict-kernel.ts'
import type { Counts } from './unpack-trees.ts'
import { blockRowsOf, type Signals, type Walker } from './walker.ts'

/** What a kernel reads: the file's bytes, its sections over them, and what was counted in them. */
export interface KernelInput {
  readonly data: Uint8Array
  readonly sections: Sections
  readonly counts: Counts
  readonly description: Pick<Description, 'signature' | 'aggregation'>
}

const PAGE = 65536

/** Where kernels/ expects the words of `configure`, the table of sections, and the tile of a single row. */
const WORDS = 0
const TABLE = 128
const TILE = 1024

/** Roles of a column of numbers; a smaller one is a count of levels. */
const ROLE_MISSING_RIGHT = 0xffffffff
const ROLE_MISSING_LEFT = 0xfffffffe
const NO_LEVELS = 0xffffffff

/** Node layouts; docs/inference.md draws them. */
const PLAIN = 0
const NARROW = 1
const WIDE = 2
const NARROW_COLUMNS = 256
const NARROW_NODES = 1 << 19
/** A leaf's payload must keep its key below that of minus infinity. */
const MOST_PAYLOAD = 0x7ffffe

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
    const { memory, kernel } = instantiateKernel(places.end + temporaryBytes(input)) ?? {}
    if (memory === undefined || kernel === undefined) return undefined
    const columns = load(input, places, memory, kernel)
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

/** Where a block of up to `room` rows lies, behind the forest. */
interface Block {
  readonly room: number
  readonly rows: number
  readonly tiles: number
  readonly ends: number
  readonly sums: number
  readonly votes: number
  readonly disagreement: number
  readonly rare: number
  readonly end: number
}

function layOutBlock(start: number, count: number, features: number, columns: number, outputs: number): Block {
  const room = new Room(start)
  const rounded = Math.ceil(count / 8) * 8
  return {
    room: count,
    rows: room.take(4 * count * features),
    tiles: room.take(4 * rounded * columns),
    ends: room.take(4 * rounded),
    sums: room.take(8 * count * outputs),
    votes: room.take(count * Math.max(4 * outputs, 24)),
    disagreement: room.take(8 * count),
    rare: room.take(8 * count),
    end: room.end,
  }
}

/** [nodes] the number of a leaf among all leaves. */
function leavesOf({ sections, counts }: KernelInput): Uint32Array {
  const shape = sections.shape as Uint8Array
  const leaves = new Uint32Array(counts.nodes)
  let leaf = 0
  for (let node = 0; node < counts.nodes; node++) {
    if (((shape[node >>> 3] >>> (node & 7)) & 1) === 0) leaves[node] = leaf++
  }
  return leaves
}

/** Sets the bit of each leaf that fewer than `rareBelow` training rows reached. */
function markRare({ sections, counts }: KernelInput, rareBelow: number, bits: Uint8Array): void {
  const shape = sections.shape as Uint8Array
  const { leafRows, leafRowsMany } = sections as { leafRows: Uint8Array; leafRowsMany?: Uint32Array }
  bits.fill(0, 0, Math.ceil(counts.nodes / 8))
  let leaf = 0
  let many = 0
  for (let node = 0; node < counts.nodes; node++) {
    if (((shape[node >>> 3] >>> (node & 7)) & 1) === 1) continue
    const few = leafRows[leaf++]
    const rows = few < MANY_ROWS ? few : (leafRowsMany as Uint32Array)[many++]
    if (rows < rareBelow) bits[node >>> 3] |= 1 << (node & 7)
  }
}

/** Addresses of the forest's arrays; kernels/forest.ts says what they hold. */
interface Places {
  readonly columnFeature: number
  readonly columnRole: number
  readonly columnOf: number
  readonly levels: number
  readonly roots: number
  readonly firstLeaf: number
  readonly ends: number
  readonly row: number
  readonly sum: number
  readonly entryStart: number
  readonly entryClass: number
  readonly shares: number
  readonly subsets: number
  readonly mixedVote: number
  readonly rareBits: number
  readonly nodes: number
  readonly nodeBytes: number
  readonly end: number
  readonly wide: boolean
  readonly mostMixed: number
}

class Room {
  end: number

  constructor(start: number) {
    this.end = start
  }

  take(bytes: number): number {
    const start = Math.ceil(this.end / 64) * 64
    this.end = start + bytes
    return start
  }
}

/** Room for the most columns and distributions that the counts allow; undefined where a kernel cannot hold the forest. */
function layOut(input: KernelInput): Places | undefined {
  const { sections, counts, description } = input
  const { features } = description.signature
  const classes = classesOf(input)
  const mostNodes = mostNodesOf(input)
  if (mostNodes / 2 + classes > MOST_PAYLOAD) return undefined
  const columns = features.length * (sections.missingLeft ? 2 : 1)
  const wide = columns > NARROW_COLUMNS || mostNodes > NARROW_NODES
  const entries = sections.leafClass?.length ?? 0
  const listed = sections.leafEntries || sections.leafShare
  const mixed = sections.leafShare ? counts.leaves : entries - counts.leaves
  const hasCategory = features.some((feature) => feature.type === 'category')
  const rounded = Math.ceil(counts.trees / 8) * 8
  const room = new Room(TILE + 32 * columns)
  const places = {
    columnFeature: room.take(4 * columns),
    columnRole: room.take(4 * columns),
    columnOf: room.take(8 * features.length),
    levels: room.take(4 * features.length),
    roots: room.take(4 * rounded),
    firstLeaf: room.take(4 * counts.trees),
    ends: room.take(4 * rounded),
    row: room.take(4 * features.length),
    sum: room.take(8 * Math.max(1, classes)),
    entryStart: room.take(classes > 2 ? 4 * (mixed + 1) : 0),
    // One more, where a leaf is put before it is known to be pure.
    entryClass: room.take(classes > 2 && listed ? 4 * (entries + 1) : 0),
    shares: room.take(
      classes === 0 ? 8 * counts.leaves : classes === 2 ? 16 * (mixed + 3) : listed ? 8 * (entries + 1) : 0,
    ),
    subsets: room.take(4 * (1 + (sections.subsets?.length ?? 0) + (hasCategory ? counts.splits : 0))),
    mixedVote: room.take(classes === 0 ? 0 : 4 * (mixed + 1)),
    rareBits: room.take(sections.leafRows ? Math.ceil(counts.nodes / 8) : 0),
    nodes: room.take((wide ? 16 : 8) * (counts.nodes + 1)),
  }
  return { ...places, nodeBytes: wide ? 16 : 8, end: room.end, wide, mostMixed: classes === 0 ? 0 : mixed }
}

function classesOf({ description }: KernelInput): number {
  const { target } = description.signature
  return target.type === 'class' ? target.classes.length : 0
}

function mostNodesOf({ sections, counts }: KernelInput): number {
  const treeStart = sections.treeStart as Uint32Array
  let most = 0
  for (let tree = 0; tree < counts.trees; tree++) most = Math.max(most, treeStart[tree + 1] - treeStart[tree])
  return most
}

/** While a file is read, its bytes, a stack and a mark a column lie where blocks of rows will be. */
function temporaryBytes(input: KernelInput): number {
  return 3 * 64 + input.data.length + 2 * mostNodesOf(input) + 2 * input.description.signature.features.length
}

/** Answers the number of columns, undefined when the file is refused. */
function load(
  input: KernelInput,
  places: Places,
  memory: WebAssembly.Memory<ArrayBuffer>,
  kernel: Kernel,
): number | undefined {
  const { data, sections, counts, description } = input
  const { features } = description.signature
  const room = new Room(places.end)
  const file = room.take(data.length)
  const stack = room.take(2 * mostNodesOf(input))
  const used = room.take(2 * features.length)
  const words = new Uint32Array(memory.buffer)
  new Uint8Array(memory.buffer, file, data.length).set(data)
  for (const [name, { id }] of Object.entries(SECTIONS)) {
    const section = sections[name as keyof Sections]
    if (section === undefined) continue
    const at = TABLE / 4 + 3 * (id - 1)
    words[at] = file + section.byteOffset - data.byteOffset
    words[at + 1] = section.length
    words[at + 2] = elementType(section)
  }
  const configure = (columns: number, layout: number) => {
    const { columnFeature, columnRole, columnOf, levels, roots, firstLeaf } = places
    const { entryStart, entryClass, shares, subsets, nodes, ends, row, sum } = places
    const vote = description.aggregation === 'vote' ? 1 : 0
    const head = [features.length, columns, columnFeature, columnRole, columnOf, levels, counts.trees, roots, firstLeaf]
    const rest = [
      entryStart,
      entryClass,
      shares,
      subsets,
      nodes,
      layout,
      ends,
      row,
      sum,
      places.mostMixed,
      places.mixedVote,
    ]
    words.set([...head, classesOf(input), vote, ...rest], WORDS / 4)
    kernel.configure()
  }
  configure(0, places.wide ? WIDE : NARROW)
  const marks = new Uint8Array(memory.buffer, used, 2 * features.length)
  if (sections.missingLeft && !kernel.markColumns(used)) return undefined
  if (!sections.missingLeft) for (let f = 0; f < features.length; f++) marks[2 * f] = 1
  const columns = planColumns(input, places, words, marks)
  configure(columns, places.wide ? WIDE : NARROW)
  if (!kernel.read(stack)) return undefined
  if (!places.wide && !kernel.hasSubsets()) configure(columns, PLAIN)
  return columns
}

/** A column each for a number, a number whose missing values go left, and a category, where splits look at one. */
function planColumns({ description }: KernelInput, places: Places, words: Uint32Array, marks: Uint8Array): number {
  const { features } = description.signature
  let columns = 0
  const add = (f: number, role: number): number => {
    words[places.columnFeature / 4 + columns] = 4 * f
    words[places.columnRole / 4 + columns] = role
    return columns++
  }
  features.forEach((feature, f) => {
    const columnOf = places.columnOf / 4 + 2 * f
    words[places.levels / 4 + f] = feature.type === 'category' ? feature.levels.length : NO_LEVELS
    if (feature.type === 'category') {
      if (marks[2 * f] + marks[2 * f + 1] > 0) words[columnOf] = add(f, feature.levels.length)
      return
    }
    if (marks[2 * f] > 0) words[columnOf] = add(f, ROLE_MISSING_RIGHT)
    if (marks[2 * f + 1] > 0) words[columnOf + 1] = add(f, ROLE_MISSING_LEFT)
  })
  // Leaves look at column 0.
  if (columns === 0) add(0, ROLE_MISSING_RIGHT)
  return columns
}
