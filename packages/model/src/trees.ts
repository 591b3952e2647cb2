/** `feature` of a leaf. A forest has at most 65,535 features. */
export const LEAF = 0xffff

/** Bits of `flags`. */
export const MISSING_LEFT = 1
export const SUBSET = 2

/**
 * The trees of a forest as flat arrays. Nodes stand in depth-first pre-order, tree after tree: the left child of split
 * node i is i + 1, its right child is i + right[i]. Leaves are numbered in the same order over the whole forest.
 *
 * A number split sends a value <= threshold to the left. A subset split (flag SUBSET) sends a level to the left when its
 * bit is set: bit (level & 31) of subsets[subsetStart[node's subset number] + (level >> 5)]. A missing value, and a level
 * outside the feature's levels, goes left when MISSING_LEFT is set, else right.
 */
export interface Trees {
  /** [trees + 1] first node of each tree; the last entry is the number of nodes. */
  readonly treeStart: Uint32Array
  /** [nodes] column the split looks at, LEAF for a leaf. */
  readonly feature: Uint16Array
  /** [nodes] largest float32 <= the midpoint of the two values it separates; 0 for a leaf or a subset split. */
  readonly threshold: Float32Array
  /** [nodes] split: distance to the right child, >= 2; leaf: its leaf number. */
  readonly right: Uint32Array
  /** [nodes] MISSING_LEFT | SUBSET; 0 for a leaf. */
  readonly flags: Uint8Array
  /** [subset splits, in node order] node index of each subset split, ascending. */
  readonly subsetNode: Uint32Array
  /** [subset splits + 1] first word of each subset in `subsets`. */
  readonly subsetStart: Uint32Array
  /** [words] the level bits: ceil(levels / 32) words a subset. */
  readonly subsets: Uint32Array
  /** Classes: [leaves + 1] first entry of each leaf in leafClass and leafShare. Regression: empty. */
  readonly leafStart: Uint32Array
  /** Classes: [entries] class index, ascending within a leaf. Regression: empty. */
  readonly leafClass: Uint16Array
  /** Classes: [entries] share of the leaf's weight in that class, in (0, 1], summing to 1. Regression: [leaves] the value. */
  readonly leafShare: Float64Array
  /** [leaves] distinct training rows that reached the leaf; absent in imported forests. */
  readonly leafRows?: Uint32Array | undefined
}
