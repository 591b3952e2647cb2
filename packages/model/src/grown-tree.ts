import { LEAF, MISSING_LEFT, SUBSET } from './trees.ts'

/** One tree: the arrays of Trees (see trees.ts) with leaves, subsets and entries numbered from 0 in the tree. */
export interface GrownTree {
  readonly feature: Uint16Array
  readonly threshold: Float32Array
  readonly right: Uint32Array
  readonly flags: Uint8Array
  readonly subsetNode: Uint32Array
  /** [subset splits + 1] */
  readonly subsetStart: Uint32Array
  readonly subsets: Uint32Array
  /** [leaves + 1]; regression: empty. */
  readonly leafStart: Uint32Array
  readonly leafClass: Uint16Array
  readonly leafShare: Float64Array
  readonly leafRows: Uint32Array
  /** [features] decrease of impurity, weighted by the share of the tree's weight; not normalised. */
  readonly importances: Float64Array
  /** [rows the tree left out, ascending] the leaf of each. */
  readonly outRows: Uint32Array
  readonly outLeaf: Uint32Array
}

/** Writes the nodes of one tree in depth-first pre-order. The same writer serves one tree after another. */
export class TreeWriter {
  nodes = 0
  leaves = 0
  feature = new Uint16Array(256)
  threshold = new Float32Array(256)
  right = new Uint32Array(256)
  flags = new Uint8Array(256)
  /** By node: numbers: last code that goes left; levels: first word in `subsets`. */
  at = new Uint32Array(256)
  subsets = new Uint32Array(16)
  leafRows = new Uint32Array(128)
  #subsetNode: number[] = []
  #subsetStart: number[] = []
  #words = 0
  #entries = 0
  #leafStart = new Uint32Array(128)
  #leafClass = new Uint16Array(256)
  #leafShare = new Float64Array(256)

  clear(): void {
    this.nodes = 0
    this.leaves = 0
    this.#subsetNode = []
    this.#subsetStart = []
    this.#words = 0
    this.#entries = 0
  }

  /** Adds a split whose left child is the next node; the right one is linked when it is there. Numbers: no subset. */
  addSplit(feature: number, threshold: number, at: number, missingLeft: boolean, subset: Uint32Array): number {
    const node = this.#addNode()
    this.feature[node] = feature
    this.threshold[node] = threshold
    this.right[node] = 0
    this.flags[node] = missingLeft ? MISSING_LEFT : 0
    this.at[node] = at
    if (subset.length > 0) {
      this.flags[node] |= SUBSET
      this.at[node] = this.#words
      this.#subsetNode.push(node)
      this.#subsetStart.push(this.#words)
      this.subsets = grow(this.subsets, this.#words + subset.length)
      this.subsets.set(subset, this.#words)
      this.#words += subset.length
    }
    return node
  }

  /** Adds a leaf of `rows` training rows; its entries follow. */
  addLeaf(rows: number): number {
    const node = this.#addNode()
    this.feature[node] = LEAF
    this.threshold[node] = 0
    this.right[node] = this.leaves
    this.flags[node] = 0
    if (this.leaves === this.leafRows.length) {
      this.leafRows = grow(this.leafRows, this.leaves + 1)
      this.#leafStart = grow(this.#leafStart, this.leaves + 1)
    }
    this.leafRows[this.leaves] = rows
    this.#leafStart[this.leaves++] = this.#entries
    return node
  }

  /** Adds a class and its share to the last leaf, or, for numbers, its value. */
  addEntry(of: number, share: number): void {
    if (this.#entries === this.#leafShare.length) {
      this.#leafShare = grow(this.#leafShare, this.#entries + 1)
      this.#leafClass = grow(this.#leafClass, this.#entries + 1)
    }
    this.#leafClass[this.#entries] = of
    this.#leafShare[this.#entries++] = share
  }

  finish(
    classes: boolean,
    importances: Float64Array,
    out: { readonly rows: Uint32Array; readonly leaf: Uint32Array },
  ): GrownTree {
    const { nodes, leaves } = this
    const leafStart = new Uint32Array(classes ? leaves + 1 : 0)
    if (classes) {
      leafStart.set(this.#leafStart.subarray(0, leaves))
      leafStart[leaves] = this.#entries
    }
    return {
      feature: this.feature.slice(0, nodes),
      threshold: this.threshold.slice(0, nodes),
      right: this.right.slice(0, nodes),
      flags: this.flags.slice(0, nodes),
      subsetNode: Uint32Array.from(this.#subsetNode),
      subsetStart: Uint32Array.from([...this.#subsetStart, this.#words]),
      subsets: this.subsets.slice(0, this.#words),
      leafStart,
      leafClass: this.#leafClass.slice(0, classes ? this.#entries : 0),
      leafShare: this.#leafShare.slice(0, this.#entries),
      leafRows: this.leafRows.slice(0, leaves),
      importances,
      outRows: out.rows,
      outLeaf: out.leaf,
    }
  }

  #addNode(): number {
    const node = this.nodes++
    if (node === this.feature.length) {
      this.feature = grow(this.feature, node + 1)
      this.threshold = grow(this.threshold, node + 1)
      this.right = grow(this.right, node + 1)
      this.flags = grow(this.flags, node + 1)
      this.at = grow(this.at, node + 1)
    }
    return node
  }
}

/** The buffers of a tree, for a message that moves them. */
export function buffersOf(tree: GrownTree): ArrayBuffer[] {
  return Object.values(tree).map((array) => array.buffer as ArrayBuffer)
}

type Growable = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array

function grow<T extends Growable>(array: T, length: number): T {
  if (length <= array.length) return array
  const bigger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2))
  bigger.set(array)
  return bigger
}
