import { narrowRun } from './narrow-run.ts'
import { MISSING_LEFT, SUBSET } from './trees.ts'

/**
 * A run of nodes in depth-first pre-order, in the very forms of a file's sections (docs/model-format.md), so that a forest is
 * written by putting runs behind each other. No links, since the shape says where children are.
 */
export interface NodeRun {
  readonly leaves: number
  /** A bit a node, set for a split; zeros up to the end of the last byte. */
  readonly shape: Uint8Array
  /** [splits] column the split looks at; bytes where the forest has at most 256. */
  readonly feature: Uint8Array | Uint16Array
  /** [number splits] never minus zero. */
  readonly threshold: Float32Array
  /** A bit a split, zeros up to the end of the last byte; empty where missing values go right everywhere. */
  readonly missingLeft: Uint8Array
  /** The subsets of the subset splits in their short form, one after the other. */
  readonly subsets: Uint8Array
  /** Classes: [leaves] entries less one; empty where every leaf has one. Bytes where the forest has at most 256 classes. */
  readonly leafEntries: Uint8Array | Uint16Array
  /** Classes: [entries] ascending within a leaf; bytes as above. */
  readonly leafClass: Uint8Array | Uint16Array
  /** Entries of leaves with several: whole weights without a common divisor, as narrow as they can be; or empty. */
  readonly leafCount: Uint8Array | Uint16Array | Uint32Array
  /** Numbers: [leaves] values, float32 where all are. Classes: [entries] where a share is no fraction of small counts; or empty. */
  readonly leafShare: Float32Array | Float64Array
  /** [leaves] distinct training rows up to 254; 255 stands for the next of `leafRowsMany`. */
  readonly leafRows?: Uint8Array | undefined
  readonly leafRowsMany?: Uint32Array | undefined
}

/** One tree. */
export interface GrownTree extends NodeRun {
  readonly leafRows: Uint8Array
  readonly leafRowsMany: Uint32Array
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

  *finish(
    { levels, classes }: { readonly levels: Uint32Array; readonly classes: number },
    importances: Float64Array,
    out: { readonly rows: Uint32Array; readonly leaf: Uint32Array },
  ): Generator<void, GrownTree> {
    const { splits, leaves } = this
    if (classes > 0) {
      this.#leafStart = grow(this.#leafStart, leaves + 1)
      this.#leafStart[leaves] = this.#entries
    }
    const wide = {
      shape: this.shape.subarray(0, Math.ceil((splits + leaves) / 8)),
      feature: this.feature.subarray(0, splits),
      threshold: this.threshold.subarray(0, splits),
      flags: this.flags.subarray(0, splits),
      subsets: this.subsets.subarray(0, this.#words),
      leafStart: this.#leafStart.subarray(0, classes > 0 ? leaves + 1 : 0),
      leafClass: this.#leafClass.subarray(0, classes > 0 ? this.#entries : 0),
      leafShare: this.#leafShare.subarray(0, this.#entries),
      leafRows: this.leafRows.subarray(0, leaves),
    }
    const { leafRows, leafRowsMany, ...run } = yield* narrowRun(wide, levels, classes)
    return {
      ...run,
      leafRows: leafRows as Uint8Array,
      leafRowsMany: leafRowsMany as Uint32Array,
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

/** The buffers of a tree, for a message that moves them. Empty ones may serve several trees and stay. */
export function buffersOf(tree: GrownTree): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const array of Object.values(tree)) {
    if (ArrayBuffer.isView(array) && array.byteLength > 0) buffers.add(array.buffer as ArrayBuffer)
  }
  return [...buffers]
}

type Growable = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array

function grow<T extends Growable>(array: T, length: number): T {
  if (length <= array.length) return array
  const bigger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2))
  bigger.set(array)
  return bigger
}
