import { MISSING_LEFT, SUBSET } from './trees.ts'

/**
 * A run of nodes in depth-first pre-order as a file holds them, splits and leaves apart and numbered from 0: no links, since
 * the shape says where children are (docs/model-format.md).
 */
export interface NodeRun {
  /** A bit a node, set for a split; zeros up to the end of the last byte. */
  readonly shape: Uint8Array
  /** [splits] column the split looks at. */
  readonly feature: Uint16Array
  /** [splits] as in `Trees`; 0 for a subset split. */
  readonly threshold: Float32Array
  /** [splits] MISSING_LEFT | SUBSET */
  readonly flags: Uint8Array
  /** The words of the subset splits, one after the other. */
  readonly subsets: Uint32Array
  /** Classes: [leaves + 1] first entry of each leaf; numbers: empty. */
  readonly leafStart: Uint32Array
  /** Entries as in `Trees`. */
  readonly leafClass: Uint16Array
  readonly leafShare: Float64Array
  readonly leafRows?: Uint32Array | undefined
}

/** One tree. */
export interface GrownTree extends NodeRun {
  readonly leafRows: Uint32Array
  /** [features] decrease of impurity, weighted by the share of the tree's weight; not normalised. */
  readonly importances: Float64Array
  /** [rows the tree left out, ascending] the leaf of each. */
  readonly outRows: Uint32Array
  readonly outLeaf: Uint32Array
}

/** Writes the nodes of one tree in depth-first pre-order. The same writer serves one tree after another. */
export class TreeWriter {
  splits = 0
  leaves = 0
  shape = new Uint8Array(64)
  feature = new Uint16Array(128)
  threshold = new Float32Array(128)
  flags = new Uint8Array(128)
  /** By split: how many splits are on its left. */
  splitsOnLeft = new Uint32Array(128)
  /** By split: numbers: last code that goes left; levels: first word in `subsets`. */
  at = new Uint32Array(128)
  subsets = new Uint32Array(16)
  leafRows = new Uint32Array(128)
  #words = 0
  #entries = 0
  #leafStart = new Uint32Array(128)
  #leafClass = new Uint16Array(256)
  #leafShare = new Float64Array(256)

  clear(): void {
    this.shape.fill(0)
    this.splits = 0
    this.leaves = 0
    this.#words = 0
    this.#entries = 0
  }

  /** Adds a split whose left child is the next node; the right one is linked when it is there. Numbers: no subset. */
  addSplit(feature: number, threshold: number, at: number, missingLeft: boolean, subset: Uint32Array): number {
    this.#addNode(1)
    const split = this.splits++
    if (split === this.feature.length) {
      this.feature = grow(this.feature, split + 1)
      this.threshold = grow(this.threshold, split + 1)
      this.flags = grow(this.flags, split + 1)
      this.splitsOnLeft = grow(this.splitsOnLeft, split + 1)
      this.at = grow(this.at, split + 1)
    }
    this.feature[split] = feature
    this.threshold[split] = threshold
    this.flags[split] = missingLeft ? MISSING_LEFT : 0
    this.at[split] = at
    if (subset.length > 0) {
      this.flags[split] |= SUBSET
      this.at[split] = this.#words
      this.subsets = grow(this.subsets, this.#words + subset.length)
      this.subsets.set(subset, this.#words)
      this.#words += subset.length
    }
    return split
  }

  /** The node added next is the right child of a split. */
  linkRight(split: number): void {
    this.splitsOnLeft[split] = this.splits - split - 1
  }

  /** Adds a leaf of `rows` training rows; its entries follow. */
  addLeaf(rows: number): void {
    this.#addNode(0)
    if (this.leaves === this.leafRows.length) {
      this.leafRows = grow(this.leafRows, this.leaves + 1)
      this.#leafStart = grow(this.#leafStart, this.leaves + 1)
    }
    this.leafRows[this.leaves] = rows
    this.#leafStart[this.leaves++] = this.#entries
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
    const { splits, leaves } = this
    const leafStart = new Uint32Array(classes ? leaves + 1 : 0)
    if (classes) {
      leafStart.set(this.#leafStart.subarray(0, leaves))
      leafStart[leaves] = this.#entries
    }
    return {
      shape: this.shape.slice(0, Math.ceil((splits + leaves) / 8)),
      feature: this.feature.slice(0, splits),
      threshold: this.threshold.slice(0, splits),
      flags: this.flags.slice(0, splits),
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

  #addNode(bit: number): void {
    const node = this.splits + this.leaves
    this.shape = grow(this.shape, (node >>> 3) + 1)
    this.shape[node >>> 3] |= bit << (node & 7)
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
