import type { Signature } from './table.ts'
import { LEAF, MISSING_LEFT, type Trees } from './trees.ts'
import { votedClass } from './vote.ts'
import { blockRowsOf } from './walker.ts'

/** What a forest knows about its trees before the first row comes. */
export interface Walk {
  readonly trees: Trees
  readonly features: number
  /** Classes, or 1 for regression. */
  readonly outputs: number
  readonly vote: boolean
  /** Every split is a number split that sends missing values to the right. */
  readonly plain: boolean
  /** [features] levels of a category, 0 for a number. */
  readonly levels: Uint32Array
  /** [nodes] first word in `subsets` of a subset split; empty when there is none. */
  readonly subsetWord: Uint32Array
  /** [leaves] for a vote: the leaf's first-maximum class; else empty. */
  readonly leafVote: Uint16Array
  /** Rows in a block. */
  readonly blockRows: number
  /** [blockRows] leaf that each row of the block reached in the tree at hand. */
  readonly leaf: Uint32Array
}

export function planWalk(trees: Trees, signature: Signature, aggregation: 'mean' | 'vote'): Walk {
  const features = signature.features.length
  const vote = aggregation === 'vote'
  const blockRows = blockRowsOf(features)
  return {
    trees,
    features,
    outputs: signature.target.type === 'class' ? signature.target.classes.length : 1,
    vote,
    plain: trees.flags.every((flags) => flags === 0),
    levels: Uint32Array.from(signature.features, (feature) => ('levels' in feature ? feature.levels.length : 0)),
    subsetWord: subsetWords(trees),
    leafVote: vote ? leafVotes(trees) : new Uint16Array(0),
    blockRows,
    leaf: new Uint32Array(blockRows),
  }
}

/**
 * Adds what each tree says about each of `count` <= blockRows rows, in tree order, then divides by the number of trees.
 * `values` is row-major float32 from `valueStart` on; `out` [count * outputs] is written from `outStart` on.
 */
export function predictBlock(
  walk: Walk,
  values: Float32Array,
  valueStart: number,
  count: number,
  out: Float64Array,
  outStart: number,
): void {
  const trees = walk.trees.treeStart.length - 1
  const outEnd = outStart + count * walk.outputs // exclusive
  out.fill(0, outStart, outEnd)
  for (let tree = 0; tree < trees; tree++) {
    const root = walk.trees.treeStart[tree]
    if (walk.plain) descendPlain(walk, root, values, valueStart, count)
    else descend(walk, root, values, valueStart, count)
    if (walk.vote) addVotes(walk, count, out, outStart)
    else if (walk.trees.leafStart.length === 0) addValues(walk, count, out, outStart)
    else if (walk.trees.leafClass.length === walk.trees.leafStart.length - 1)
      addSingleShares(walk, count, out, outStart)
    else addShares(walk, count, out, outStart)
  }
  for (let i = outStart; i < outEnd; i++) out[i] /= trees
}

/** Walks the block through one tree of number splits alone: a missing value fails `<=` and so goes right. */
function descendPlain(walk: Walk, root: number, values: Float32Array, valueStart: number, count: number): void {
  const { feature, threshold, right } = walk.trees
  const { features, leaf } = walk
  let base = valueStart
  for (let row = 0; row < count; row++) {
    let node = root
    let column = feature[node]
    while (column !== LEAF) {
      node += values[base + column] <= threshold[node] ? 1 : right[node]
      column = feature[node]
    }
    leaf[row] = right[node]
    base += features
  }
}

/** Walks the block through one tree, into `walk.leaf`: with missing values that may go left, and with subset splits. */
export function descend(walk: Walk, root: number, values: Float32Array, valueStart: number, count: number): void {
  const { feature, threshold, right, flags, subsets } = walk.trees
  const { features, leaf, levels, subsetWord } = walk
  let base = valueStart
  for (let row = 0; row < count; row++) {
    let node = root
    let column = feature[node]
    while (column !== LEAF) {
      const value = values[base + column]
      const flag = flags[node]
      let left: boolean
      if (flag === 0) left = value <= threshold[node]
      else if (flag === MISSING_LEFT) left = !(value > threshold[node])
      else {
        const level = value >>> 0
        left =
          level === value && level < levels[column]
            ? ((subsets[subsetWord[node] + (level >>> 5)] >>> (level & 31)) & 1) === 1
            : (flag & MISSING_LEFT) !== 0
      }
      node += left ? 1 : right[node]
      column = feature[node]
    }
    leaf[row] = right[node]
    base += features
  }
}

function addValues(walk: Walk, count: number, out: Float64Array, outStart: number): void {
  const { leafShare } = walk.trees
  const { leaf } = walk
  for (let row = 0; row < count; row++) out[outStart + row] += leafShare[leaf[row]]
}

function addSingleShares(walk: Walk, count: number, out: Float64Array, outStart: number): void {
  const { leafClass, leafShare } = walk.trees
  const { leaf, outputs } = walk
  for (let row = 0; row < count; row++) out[outStart + row * outputs + leafClass[leaf[row]]] += leafShare[leaf[row]]
}

function addShares(walk: Walk, count: number, out: Float64Array, outStart: number): void {
  const { leafStart, leafClass, leafShare } = walk.trees
  const { leaf, outputs } = walk
  for (let row = 0; row < count; row++) {
    const base = outStart + row * outputs
    const end = leafStart[leaf[row] + 1] // exclusive
    for (let entry = leafStart[leaf[row]]; entry < end; entry++) out[base + leafClass[entry]] += leafShare[entry]
  }
}

function addVotes(walk: Walk, count: number, out: Float64Array, outStart: number): void {
  const { leaf, leafVote, outputs } = walk
  for (let row = 0; row < count; row++) out[outStart + row * outputs + leafVote[leaf[row]]] += 1
}

function subsetWords(trees: Trees): Uint32Array {
  const words = new Uint32Array(trees.subsetNode.length === 0 ? 0 : trees.feature.length)
  for (let subset = 0; subset < trees.subsetNode.length; subset++) {
    words[trees.subsetNode[subset]] = trees.subsetStart[subset]
  }
  return words
}

function leafVotes(trees: Trees): Uint16Array {
  const votes = new Uint16Array(trees.leafStart.length - 1)
  for (let leaf = 0; leaf < votes.length; leaf++) votes[leaf] = votedClass(trees, leaf)
  return votes
}
