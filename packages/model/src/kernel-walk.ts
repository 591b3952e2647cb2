import base64 from './kernels/walk.ts'
import { blockRowsOf, type Walker } from './predict.ts'
import type { Signature } from './table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'

/** The functions of kernels/walk.ts; addresses are bytes. */
interface Kernel {
  configure(
    features: number,
    columns: number,
    columnFeature: number,
    columnRole: number,
    trees: number,
    roots: number,
    firstLeaf: number,
    classes: number,
    entryStart: number,
    entryClass: number,
    shares: number,
    subsets: number,
    layout: number,
    ends: number,
    row: number,
    sum: number,
  ): void
  answerOne(): void
  answerBlock(count: number, rows: number, tiles: number, ends: number, sums: number): void
}

const PAGE = 65536
const MOST_BYTES = 65535 * PAGE
/** Address of the tile of a single row. */
const TILE = 1024

/** Roles of a column of numbers; a smaller one is a count of levels. */
const ROLE_MISSING_RIGHT = 0xffffffff
const ROLE_MISSING_LEFT = 0xfffffffe

const PLAIN = 0
const NARROW = 1
const WIDE = 2
const NARROW_COLUMNS = 256
const NARROW_NODES = 1 << 19
/** A leaf's key is LEAF_KEY plus its payload, and stays below the key of minus infinity. */
const LEAF_KEY = 0x80000000
const MOST_PAYLOAD = 0x7ffffe

/** Walks a forest in WebAssembly, over a memory of its own. */
export class KernelWalk implements Walker {
  readonly blockRows: number
  readonly outputs: number
  readonly #features: number
  readonly #columns: number
  readonly #memory: WebAssembly.Memory
  readonly #kernel: Kernel
  readonly #fixed: Layout
  #block: Block
  #row: Float32Array
  #sum: Float64Array
  #rows: Float32Array
  #sums: Float64Array

  /** Undefined where the platform lacks WebAssembly SIMD, or memory for this forest. */
  static create(trees: Trees, signature: Signature, aggregation: 'mean' | 'vote'): KernelWalk | undefined {
    const plan = planKernel(trees, signature, aggregation)
    if (plan === undefined) return undefined
    try {
      compiled ??= new WebAssembly.Module(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)))
      const memory = new WebAssembly.Memory({ initial: Math.ceil(plan.layout.end / PAGE) })
      const { exports } = new WebAssembly.Instance(compiled, { env: { memory, abort } })
      return new KernelWalk(plan, memory, exports as unknown as Kernel)
    } catch {
      return undefined
    }
  }

  private constructor(plan: KernelPlan, memory: WebAssembly.Memory, kernel: Kernel) {
    const { layout } = plan
    this.#features = plan.signature.features.length
    this.#columns = plan.columns.length
    this.outputs = Math.max(1, plan.classes)
    this.blockRows = blockRowsOf(Math.max(this.#columns, this.#features, this.outputs))
    this.#memory = memory
    this.#kernel = kernel
    this.#fixed = layout
    this.#block = layOutBlock(layout.end, 0, this.#features, this.#columns, this.outputs)
    writePlan(plan, memory.buffer)
    kernel.configure(
      this.#features,
      this.#columns,
      layout.columnFeature,
      layout.columnRole,
      plan.trees.treeStart.length - 1,
      layout.roots,
      layout.firstLeaf,
      plan.classes,
      layout.entryStart,
      layout.entryClass,
      layout.shares,
      layout.subsets,
      plan.nodeLayout,
      layout.ends,
      layout.row,
      layout.sum,
    )
    this.#row = new Float32Array(memory.buffer, layout.row, this.#features)
    this.#sum = new Float64Array(memory.buffer, layout.sum, this.outputs)
    this.#rows = new Float32Array(0)
    this.#sums = new Float64Array(0)
  }

  rows(count: number): Float32Array {
    if (count === 1) return this.#row
    if (count > this.#block.rows) this.#reserve(count)
    return this.#rows
  }

  answer(count: number): Float64Array {
    if (count === 1) {
      this.#kernel.answerOne()
      return this.#sum
    }
    const { rows, tiles, ends, sums } = this.#block.at
    this.#kernel.answerBlock(count, rows, tiles, ends, sums)
    return this.#sums
  }

  #reserve(count: number): void {
    const rows = Math.min(this.blockRows, Math.max(64, 2 ** Math.ceil(Math.log2(count))))
    const block = layOutBlock(this.#fixed.end, rows, this.#features, this.#columns, this.outputs)
    const missing = Math.ceil(block.end / PAGE) - this.#memory.buffer.byteLength / PAGE
    if (missing > 0) this.#memory.grow(missing)
    const { buffer } = this.#memory
    this.#block = block
    this.#row = new Float32Array(buffer, this.#fixed.row, this.#features)
    this.#sum = new Float64Array(buffer, this.#fixed.sum, this.outputs)
    this.#rows = new Float32Array(buffer, block.at.rows, rows * this.#features)
    this.#sums = new Float64Array(buffer, block.at.sums, rows * this.outputs)
  }
}

let compiled: WebAssembly.Module | undefined

function abort(): never {
  throw new Error('kernel aborted')
}

/** Where a block of rows lies, behind the forest. */
interface Block {
  readonly rows: number
  readonly at: { readonly rows: number; readonly tiles: number; readonly ends: number; readonly sums: number }
  readonly end: number
}

function layOutBlock(start: number, count: number, features: number, columns: number, outputs: number): Block {
  const place = new Places(start)
  const rounded = Math.ceil(count / 8) * 8
  const at = {
    rows: place.take(4 * count * features),
    tiles: place.take(4 * rounded * columns),
    ends: place.take(4 * rounded),
    sums: place.take(8 * count * outputs),
  }
  return { rows: count, at, end: place.end }
}

/** Addresses of the forest's arrays. */
interface Layout {
  readonly columnFeature: number
  readonly columnRole: number
  readonly roots: number
  readonly firstLeaf: number
  readonly ends: number
  readonly row: number
  readonly sum: number
  readonly entryStart: number
  readonly entryClass: number
  readonly shares: number
  readonly subsets: number
  readonly nodes: number
  readonly end: number
}

class Places {
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

interface KernelPlan {
  readonly trees: Trees
  readonly signature: Signature
  /** 0 for regression. */
  readonly classes: number
  readonly vote: boolean
  readonly nodeLayout: number
  /** Columns in the order of their first use. */
  readonly columns: readonly { readonly feature: number; readonly role: number }[]
  /** [2 features] column of a feature, and of the same with missing values to the left. */
  readonly columnOf: Int32Array
  readonly layout: Layout
}

function planKernel(trees: Trees, signature: Signature, aggregation: 'mean' | 'vote'): KernelPlan | undefined {
  const vote = aggregation === 'vote'
  const classes = signature.target.type === 'class' ? signature.target.classes.length : 0
  const treeCount = trees.treeStart.length - 1
  let mostNodes = 0
  for (let tree = 0; tree < treeCount; tree++) {
    mostNodes = Math.max(mostNodes, trees.treeStart[tree + 1] - trees.treeStart[tree])
  }
  if (mostNodes / 2 + classes > MOST_PAYLOAD) return undefined
  const { columns, columnOf } = planColumns(trees, signature)
  const narrow = columns.length <= NARROW_COLUMNS && mostNodes <= NARROW_NODES
  const nodeLayout = narrow ? (trees.subsetNode.length === 0 ? PLAIN : NARROW) : WIDE
  const { leaves, entries } = vote ? { leaves: 0, entries: 0 } : countMixed(trees)

  const place = new Places(TILE + 32 * columns.length)
  const rounded = Math.ceil(treeCount / 8) * 8
  const pairs = classes === 2
  const layout = {
    columnFeature: place.take(4 * columns.length),
    columnRole: place.take(4 * columns.length),
    roots: place.take(4 * rounded),
    firstLeaf: place.take(4 * treeCount),
    ends: place.take(4 * rounded),
    row: place.take(4 * signature.features.length),
    sum: place.take(8 * Math.max(1, classes)),
    entryStart: place.take(classes === 0 || pairs ? 0 : 4 * (leaves + 1)),
    entryClass: place.take(classes === 0 || pairs ? 0 : 4 * entries),
    shares: place.take(classes === 0 ? 8 * trees.leafShare.length : pairs ? 16 * (2 + leaves) : 8 * entries),
    subsets: place.take(4 * (1 + subsetWords(trees, signature))),
    // A leaf of its own behind the nodes ends the lanes that have no tree.
    nodes: place.take((nodeLayout === WIDE ? 16 : 8) * (trees.feature.length + 1)),
  }
  if (place.end > MOST_BYTES) return undefined
  return { trees, signature, classes, vote, nodeLayout, columns, columnOf, layout: { ...layout, end: place.end } }
}

function planColumns(trees: Trees, signature: Signature): Pick<KernelPlan, 'columns' | 'columnOf'> {
  const { feature, flags } = trees
  const used = new Uint8Array(2 * signature.features.length)
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] !== LEAF) used[2 * feature[node] + (flags[node] === MISSING_LEFT ? 1 : 0)] = 1
  }
  const columns: { feature: number; role: number }[] = []
  const columnOf = new Int32Array(used.length)
  signature.features.forEach((each, f) => {
    for (const side of [0, 1]) {
      // A category has one column, whatever the side of its missing values: the subset says it.
      const isOther = each.type === 'category' && side === 1
      columnOf[2 * f + side] = isOther ? columnOf[2 * f] : columns.length
      const isUsed = used[2 * f + side] === 1 || (each.type === 'category' && used[2 * f + 1] === 1)
      if (isOther || !isUsed) continue
      const role = each.type === 'category' ? each.levels.length : side === 0 ? ROLE_MISSING_RIGHT : ROLE_MISSING_LEFT
      columns.push({ feature: f, role })
    }
  })
  // Leaves look at column 0.
  if (columns.length === 0) columns.push({ feature: 0, role: ROLE_MISSING_RIGHT })
  return { columns, columnOf }
}

function countMixed(trees: Trees): { leaves: number; entries: number } {
  const { leafStart, leafShare } = trees
  let leaves = 0
  let entries = 0
  for (let leaf = 0; leaf + 1 < leafStart.length; leaf++) {
    if (isPure(leafStart, leafShare, leaf)) continue
    leaves++
    entries += leafStart[leaf + 1] - leafStart[leaf]
  }
  return { leaves, entries }
}

function isPure(leafStart: Uint32Array, leafShare: Float64Array, leaf: number): boolean {
  return leafStart[leaf + 1] - leafStart[leaf] === 1 && leafShare[leafStart[leaf]] === 1
}

/** A subset has a bit a level and one for missing values. */
function subsetWords(trees: Trees, signature: Signature): number {
  let words = 0
  for (const node of trees.subsetNode) words += wordsOf(signature, trees.feature[node])
  return words
}

function wordsOf(signature: Signature, f: number): number {
  const feature = signature.features[f]
  return feature.type === 'category' ? (feature.levels.length >>> 5) + 1 : 0
}

function writePlan(plan: KernelPlan, buffer: ArrayBufferLike): void {
  const { layout, columns } = plan
  const words = new Uint32Array(buffer)
  columns.forEach(({ feature, role }, column) => {
    words[layout.columnFeature / 4 + column] = 4 * feature
    words[layout.columnRole / 4 + column] = role
  })
  const payloads = writeLeaves(plan, buffer)
  const subsetKeys = writeSubsets(plan, words)
  writeNodes(plan, words, payloads, subsetKeys)
}

/** Writes what the leaves say; answers the payload of each leaf. */
function writeLeaves({ trees, classes, vote, layout }: KernelPlan, buffer: ArrayBufferLike): Uint32Array {
  const { treeStart, feature, right, leafStart, leafClass, leafShare } = trees
  const treeCount = treeStart.length - 1
  const words = new Uint32Array(buffer)
  const doubles = new Float64Array(buffer)
  const leaves = classes === 0 ? leafShare.length : leafStart.length - 1
  const payloads = new Uint32Array(leaves)
  const shares = layout.shares / 8
  if (classes === 0) doubles.set(leafShare, shares)
  if (classes === 2) doubles.set([1, 0, 0, 1], shares)
  let mixed = 0
  let entries = 0
  let leaf = 0
  for (let tree = 0; tree < treeCount; tree++) {
    const first = classes === 0 ? leaf : mixed
    words[layout.firstLeaf / 4 + tree] = first
    // The last node of a tree is its last leaf.
    const last = right[treeStart[tree + 1] - 1]
    for (; leaf <= last; leaf++) {
      if (classes === 0) payloads[leaf] = leaf - first
      else if (vote) payloads[leaf] = votedClass(trees, leaf)
      else if (isPure(leafStart, leafShare, leaf)) payloads[leaf] = leafClass[leafStart[leaf]]
      else {
        payloads[leaf] = classes + mixed - first
        for (let entry = leafStart[leaf]; entry < leafStart[leaf + 1]; entry++) {
          if (classes === 2) doubles[shares + 2 * (2 + mixed) + leafClass[entry]] = leafShare[entry]
          else {
            words[layout.entryClass / 4 + entries] = leafClass[entry]
            doubles[shares + entries++] = leafShare[entry]
          }
        }
        mixed++
        if (classes > 2) words[layout.entryStart / 4 + mixed] = entries
      }
    }
  }
  return feature.length === 0 ? new Uint32Array(0) : payloads
}

/** The first maximum of a leaf. */
export function votedClass({ leafStart, leafClass, leafShare }: Trees, leaf: number): number {
  let best = leafStart[leaf]
  for (let entry = best + 1; entry < leafStart[leaf + 1]; entry++) if (leafShare[entry] > leafShare[best]) best = entry
  return leafClass[best]
}

/** Writes the subsets; answers the key of each, its offset in bytes. */
function writeSubsets({ trees, signature, layout }: KernelPlan, words: Uint32Array): Uint32Array {
  const { subsetNode, subsetStart, subsets, feature, flags } = trees
  const keys = new Uint32Array(subsetNode.length)
  const start = layout.subsets / 4
  let next = 1
  for (let subset = 0; subset < subsetNode.length; subset++) {
    const node = subsetNode[subset]
    const split = signature.features[feature[node]]
    const levels = split.type === 'category' ? split.levels.length : 0
    keys[subset] = 4 * next
    words.set(subsets.subarray(subsetStart[subset], subsetStart[subset + 1]), start + next)
    if ((flags[node] & MISSING_LEFT) !== 0) words[start + next + (levels >>> 5)] |= 1 << (levels & 31)
    next += wordsOf(signature, feature[node])
  }
  return keys
}

function writeNodes(plan: KernelPlan, words: Uint32Array, payloads: Uint32Array, subsetKeys: Uint32Array): void {
  const { trees, layout, columnOf, nodeLayout } = plan
  const { treeStart, feature, threshold, right, flags } = trees
  const bits = new Int32Array(threshold.buffer, threshold.byteOffset, threshold.length)
  const step = nodeLayout === WIDE ? 4 : 2
  let subset = 0
  let at = layout.nodes / 4
  for (let node = 0; node < feature.length; node++, at += step) {
    const column = feature[node]
    if (column === LEAF) {
      words[at] = LEAF_KEY + payloads[right[node]]
      continue
    }
    const flag = flags[node]
    const isSubset = (flag & SUBSET) !== 0
    const low = (columnOf[2 * column + (flag === MISSING_LEFT ? 1 : 0)] << 5) | (isSubset ? 1 : 0)
    // Minus zero is zero.
    words[at] = isSubset ? subsetKeys[subset++] : keyOf(threshold[node] === 0 ? 0 : bits[node])
    words[at + 1] = step === 4 ? low : low | (right[node] << 13)
    if (step === 4) words[at + 2] = right[node]
  }
  words[at] = LEAF_KEY
  const treeCount = treeStart.length - 1
  const roots = layout.roots / 4
  for (let lane = 0; lane < Math.ceil(treeCount / 8) * 8; lane++) {
    words[roots + lane] = layout.nodes + 4 * step * treeStart[Math.min(lane, treeCount)]
  }
}

/** Integers in the order of float32 values. */
function keyOf(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fffffff)
}
