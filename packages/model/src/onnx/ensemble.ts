import type { Signature } from '../table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from '../trees.ts'

/** `mode` of a node, as an index into MODES. */
export const MODES = ['LEAF', 'BRANCH_LEQ', 'BRANCH_EQ', 'BRANCH_NEQ'] as const
const LEAF_MODE = 0
const NUMBER_MODE = 1
const LINK_MODE = 2
const LAST_LINK_MODE = 3

/** A node as ONNX has it. Node ids count from 0 in each tree. */
export interface EnsembleNode {
  tree: number
  id: number
  /** Index into MODES. */
  mode: number
  /** 0 for a leaf. */
  feature: number
  /** What the feature is compared with; 0 for a leaf. */
  value: number
  /** 1 when a missing value takes the true branch, else 0. */
  missingTrue: number
  /** Node ids; 0 for a leaf. */
  whenTrue: number
  whenFalse: number
}

/** The nodes of a forest in ONNX's terms. */
export interface Ensemble {
  readonly trees: Trees
  /** Nodes that ONNX has, which are more than the forest's when it splits by subsets. */
  readonly nodes: number
  /** [forest's nodes] node id within its tree of what the node becomes: of the first link where that is a chain. */
  readonly ids: Uint32Array
  /** [features] levels of a category, 0 for a number. */
  readonly levels: Uint32Array
}

export function planEnsemble(trees: Trees, signature: Signature): Ensemble {
  const levels = Uint32Array.from(signature.features, (feature) => ('levels' in feature ? feature.levels.length : 0))
  const ids = new Uint32Array(trees.feature.length)
  let nodes = 0
  let subset = 0
  for (let tree = 0; tree < trees.treeStart.length - 1; tree++) {
    let id = 0
    for (let node = trees.treeStart[tree]; node < trees.treeStart[tree + 1]; node++) {
      ids[node] = id
      id += trees.flags[node] & SUBSET ? Math.max(1, countListed(trees, levels, node, subset++)) : 1
    }
    nodes += id
  }
  return { trees, nodes, ids, levels }
}

/**
 * Hands out each node in order; the object is the same one each time.
 *
 * A subset split becomes a chain of tests for the levels of the side that missing values do not take: a value that equals
 * none of them, as a missing value or a level that training did not see, falls to the other side. All links share the
 * listed side as their true child; the last one tests for inequality, with the listed side as its false child. So
 * onnxruntime, which joins equality tests of one feature that follow each other, never joins two chains: it would when
 * the leaves that they list have the same weight, even for different classes (seen in 1.30).
 */
export function eachNode(ensemble: Ensemble, take: (node: EnsembleNode) => void): void {
  const { trees, ids } = ensemble
  const { treeStart, feature, threshold, right, flags } = trees
  const at: EnsembleNode = {
    tree: 0,
    id: 0,
    mode: 0,
    feature: 0,
    value: 0,
    missingTrue: 0,
    whenTrue: 0,
    whenFalse: 0,
  }
  let subset = 0
  for (let tree = 0; tree < treeStart.length - 1; tree++) {
    at.tree = tree
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      const isLeaf = feature[node] === LEAF
      at.id = ids[node]
      at.feature = isLeaf ? 0 : feature[node]
      at.value = threshold[node]
      at.missingTrue = flags[node] === MISSING_LEFT ? 1 : 0
      at.whenTrue = isLeaf ? 0 : ids[node + 1]
      at.whenFalse = isLeaf ? 0 : ids[node + right[node]]
      at.mode = isLeaf ? LEAF_MODE : NUMBER_MODE
      if (flags[node] & SUBSET) eachLink(ensemble, node, subset++, at, take)
      else take(at)
    }
  }
}

/** Hands out each answer of a leaf: tree, node id, target and its weight, the share of one tree in the mean. */
export function eachWeight(
  { trees, ids }: Ensemble,
  vote: boolean,
  take: (tree: number, id: number, target: number, weight: number) => void,
): void {
  const { treeStart, feature, right, leafStart, leafClass, leafShare } = trees
  const count = treeStart.length - 1
  for (let tree = 0; tree < count; tree++) {
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (feature[node] !== LEAF) continue
      const leaf = right[node]
      if (leafStart.length === 0) take(tree, ids[node], 0, leafShare[leaf] / count)
      else if (vote) take(tree, ids[node], firstMaximumClass(trees, leaf), 1 / count)
      else {
        for (let entry = leafStart[leaf]; entry < leafStart[leaf + 1]; entry++) {
          take(tree, ids[node], leafClass[entry], leafShare[entry] / count)
        }
      }
    }
  }
}

function eachLink(
  { trees, levels }: Ensemble,
  node: number,
  subset: number,
  at: EnsembleNode,
  take: (node: EnsembleNode) => void,
): void {
  const missingLeft = (trees.flags[node] & MISSING_LEFT) !== 0
  const [listed, other] = missingLeft ? [at.whenFalse, at.whenTrue] : [at.whenTrue, at.whenFalse]
  let links = countListed(trees, levels, node, subset)
  at.mode = LINK_MODE
  at.missingTrue = 0
  at.whenTrue = listed
  for (let level = 0; links > 1; level++) {
    if (!isListed(trees, subset, level, missingLeft)) continue
    at.value = level
    at.whenFalse = at.id + 1
    take(at)
    at.id++
    links--
  }
  at.mode = LAST_LINK_MODE
  at.missingTrue = 1
  at.value = lastListed(trees, levels, node, subset)
  at.whenTrue = other
  at.whenFalse = listed
  take(at)
}

/** -Infinity when the side has no level, which no value of a row equals. */
function lastListed(trees: Trees, levels: Uint32Array, node: number, subset: number): number {
  const missingLeft = (trees.flags[node] & MISSING_LEFT) !== 0
  for (let level = levels[trees.feature[node]] - 1; level >= 0; level--) {
    if (isListed(trees, subset, level, missingLeft)) return level
  }
  return Number.NEGATIVE_INFINITY
}

/** Levels of the side that missing values do not take. */
function countListed(trees: Trees, levels: Uint32Array, node: number, subset: number): number {
  const missingLeft = (trees.flags[node] & MISSING_LEFT) !== 0
  const count = levels[trees.feature[node]]
  let listed = 0
  for (let level = 0; level < count; level++) if (isListed(trees, subset, level, missingLeft)) listed++
  return listed
}

function isListed({ subsets, subsetStart }: Trees, subset: number, level: number, missingLeft: boolean): boolean {
  const left = ((subsets[subsetStart[subset] + (level >>> 5)] >>> (level & 31)) & 1) === 1
  return left !== missingLeft
}

function firstMaximumClass({ leafStart, leafClass, leafShare }: Trees, leaf: number): number {
  let best = leafStart[leaf]
  for (let entry = best + 1; entry < leafStart[leaf + 1]; entry++) if (leafShare[entry] > leafShare[best]) best = entry
  return leafClass[best]
}
