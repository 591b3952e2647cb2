import type { Signature } from '../table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from '../trees.ts'

/** `mode` of a node, as an index into MODES. */
export const MODES = ['LEAF', 'BRANCH_LEQ', 'BRANCH_EQ', 'BRANCH_NEQ'] as const
const LEAF_MODE = 0
const NUMBER_MODE = 1
const LINK_MODE = 2
const LAST_LINK_MODE = 3

/** Levels that are tested one after the other. Runtimes recurse along them: onnxruntime-web overflows its stack at 2,500. */
const CHAIN = 16

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
      id += trees.flags[node] & SUBSET ? nodesOfSubset(listedLevels(trees, levels, node, subset++).length) : 1
    }
    nodes += id
  }
  return { trees, nodes, ids, levels }
}

/**
 * Hands out each node in order; the object is the same one each time.
 *
 * A subset split becomes a chain of tests for the levels of the side that missing values do not take: a value that equals
 * none of them, as a missing value or a level that training did not see, falls to the other side. More than CHAIN levels
 * become several chains under a search by ranges.
 *
 * What ends a chain is never an equality test: onnxruntime joins equality tests of one feature that follow each other, and
 * joins two chains when the leaves that they list have the same weight, even for different classes (seen in 1.30). And
 * a node that several share is always their true child, as onnxruntime wants.
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
  const given = listedLevels(trees, levels, node, subset)
  if (given.length <= CHAIN) writeChain(given, listed, other, at, take)
  else writeSearch({ levels: given, listed, other, at, take }, 0, Math.ceil(given.length / CHAIN))
}

/** The last link is an inequality with the listed side as its false child; no value of a row equals -Infinity. */
function writeChain(
  levels: readonly number[],
  listed: number,
  other: number,
  at: EnsembleNode,
  take: (node: EnsembleNode) => void,
): void {
  for (const level of levels.slice(0, -1)) {
    Object.assign(at, { mode: LINK_MODE, value: level, missingTrue: 0, whenTrue: listed, whenFalse: at.id + 1 })
    take(at)
    at.id++
  }
  const last = levels.at(-1) ?? Number.NEGATIVE_INFINITY
  Object.assign(at, { mode: LAST_LINK_MODE, value: last, missingTrue: 1, whenTrue: other, whenFalse: listed })
  take(at)
}

interface Search {
  readonly levels: readonly number[]
  readonly listed: number
  readonly other: number
  readonly at: EnsembleNode
  readonly take: (node: EnsembleNode) => void
}

/** Writes the chains `first` to `end` (exclusive); each ends with a node that is always true and has an empty leaf. */
function writeSearch(search: Search, first: number, end: number): void {
  const { levels, listed, other, at, take } = search
  const write = (node: Omit<EnsembleNode, 'tree' | 'id' | 'feature'>) => {
    take(Object.assign(at, node))
    at.id++
  }
  if (end - first > 1) {
    const middle = (first + end) >> 1
    const whenFalse = at.id + 1 + nodesOfSearch((middle - first) * CHAIN)
    const value = levels[middle * CHAIN - 1]
    write({ mode: NUMBER_MODE, value, missingTrue: 0, whenTrue: at.id + 1, whenFalse })
    writeSearch(search, first, middle)
    writeSearch(search, middle, end)
    return
  }
  for (const value of levels.slice(first * CHAIN, end * CHAIN)) {
    write({ mode: LINK_MODE, value, missingTrue: 0, whenTrue: listed, whenFalse: at.id + 1 })
  }
  const always = { mode: NUMBER_MODE, value: Number.POSITIVE_INFINITY, missingTrue: 1 }
  write({ ...always, whenTrue: other, whenFalse: at.id + 1 })
  const feature = at.feature
  at.feature = 0
  write({ mode: LEAF_MODE, value: 0, missingTrue: 0, whenTrue: 0, whenFalse: 0 })
  at.feature = feature
}

/** Nodes that a subset split becomes when it lists so many levels. */
function nodesOfSubset(levels: number): number {
  return levels <= CHAIN ? Math.max(1, levels) : nodesOfSearch(levels)
}

function nodesOfSearch(levels: number): number {
  return levels + 3 * Math.ceil(levels / CHAIN) - 1
}

/** Levels of the side that missing values do not take, ascending. */
function listedLevels(trees: Trees, levels: Uint32Array, node: number, subset: number): number[] {
  const missingLeft = (trees.flags[node] & MISSING_LEFT) !== 0
  const count = levels[trees.feature[node]]
  const listed: number[] = []
  for (let level = 0; level < count; level++) if (isListed(trees, subset, level, missingLeft)) listed.push(level)
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
