import { ModelError } from './errors.ts'
import type { Signature } from './table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'

/** How far the shares of a leaf may sum from 1: the rounding of 65,536 additions is below it. */
const SHARE_TOLERANCE = 1e-9

/**
 * Checks everything that prediction relies on, in reading order and with no memory of its own but a stack as deep as
 * the deepest tree. What passes can be walked for any row: no read out of range, no loop, no NaN in an answer.
 */
export function checkTrees(trees: Trees, signature: Signature): void {
  checkLengths(trees, signature)
  const leaves = checkNodes(trees, signature)
  checkSubsets(trees, signature)
  if (signature.target.type === 'class') checkClassLeaves(trees, leaves, signature.target.classes.length)
  else checkValueLeaves(trees, leaves)
  if (trees.leafRows) expectLength('leafRows', trees.leafRows.length, leaves)
}

function checkLengths(trees: Trees, signature: Signature): void {
  const nodes = trees.feature.length
  expectLength('threshold', trees.threshold.length, nodes)
  expectLength('right', trees.right.length, nodes)
  expectLength('flags', trees.flags.length, nodes)
  expectLength('subsetStart', trees.subsetStart.length, trees.subsetNode.length + 1)
  if (signature.target.type === 'number') {
    expectLength('leafStart', trees.leafStart.length, 0)
    expectLength('leafClass', trees.leafClass.length, 0)
  } else expectLength('leafShare', trees.leafShare.length, trees.leafClass.length)
}

/**
 * invariant: bound is the node where the subtree at hand must end, the nearest right child not reached yet or the tree's
 * end; pending holds the ones behind it, each before the next. A leaf must stand right before bound. So each node of a
 * tree is reached exactly once, and a child always stands after its parent.
 */
function checkNodes(trees: Trees, signature: Signature): number {
  const { treeStart, feature, threshold, right, flags } = trees
  checkTreeStart(treeStart, feature.length)
  const category = Uint8Array.from(signature.features, ({ type }) => (type === 'category' ? 1 : 0))
  let pending = new Uint32Array(64)
  let depth = 0
  let leaves = 0
  let subsets = 0
  for (let tree = 0; tree < treeStart.length - 1; tree++) {
    const end = treeStart[tree + 1] // exclusive
    let bound = end
    for (let node = treeStart[tree]; node < end; node++) {
      const column = feature[node]
      if (column === LEAF) {
        if (right[node] !== leaves || threshold[node] !== 0 || flags[node] !== 0) throw wrongLeaf(trees, node, leaves)
        leaves++
        if (node + 1 !== bound) {
          throw structure(`leaf node ${node} of tree ${tree} ends its subtree, expected it to end at node ${bound - 1}`)
        }
        if (depth > 0) bound = pending[--depth]
        continue
      }
      if (flags[node] > MISSING_LEFT || column >= category.length || category[column] === 1) {
        subsets += checkRareSplit(trees, node, category, subsets)
      } else if (threshold[node] - threshold[node] !== 0) {
        throw structure(`node ${node} has threshold ${threshold[node]}, expected a finite one`)
      }
      const child = node + right[node]
      if (right[node] < 2 || child >= bound) {
        throw structure(`node ${node} has its right child at ${child}, expected one from ${node + 2} to ${bound - 1}`)
      }
      if (depth === pending.length) pending = doubled(pending)
      pending[depth++] = bound
      bound = child
    }
  }
  expectLength('subsetNode', trees.subsetNode.length, subsets)
  return leaves
}

function doubled(stack: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * stack.length)
  larger.set(stack)
  return larger
}

function checkTreeStart(treeStart: Uint32Array, nodes: number): void {
  const trees = treeStart.length - 1
  if (trees < 1) throw structure(`treeStart has ${treeStart.length} entries, expected at least 2`)
  if (treeStart[0] !== 0) throw structure(`treeStart[0] is ${treeStart[0]}, expected 0`)
  for (let tree = 1; tree <= trees; tree++) {
    if (treeStart[tree] <= treeStart[tree - 1] || treeStart[tree] > nodes) {
      throw structure(`treeStart[${tree}] is ${treeStart[tree]}, expected ${treeStart[tree - 1] + 1} to ${nodes}`)
    }
  }
  if (treeStart[trees] === nodes) return
  throw structure(`treeStart[${trees}] is ${treeStart[trees]}, expected the number of nodes, ${nodes}`)
}

function wrongLeaf(trees: Trees, node: number, leaf: number): ModelError {
  if (trees.right[node] !== leaf)
    return structure(`node ${node} has leaf number ${trees.right[node]}, expected ${leaf}`)
  if (trees.threshold[node] !== 0) return structure(`leaf node ${node} has a threshold, expected 0`)
  return structure(`leaf node ${node} has flags ${trees.flags[node]}, expected 0`)
}

/** A split that is none of a number by a threshold. Answers 1: a category is split by a subset. */
function checkRareSplit(trees: Trees, node: number, category: Uint8Array, subset: number): number {
  const feature = trees.feature[node]
  const flags = trees.flags[node]
  if (feature >= category.length) {
    throw structure(`node ${node} splits feature ${feature}, expected one below ${category.length}`)
  }
  if ((flags & ~(MISSING_LEFT | SUBSET)) !== 0) throw structure(`node ${node} has flags ${flags}, expected 0 to 3`)
  if (!category[feature]) throw structure(`node ${node} splits a number by a subset, expected a threshold`)
  if ((flags & SUBSET) === 0) throw structure(`node ${node} splits a category by a threshold, expected a subset`)
  if (trees.threshold[node] !== 0) throw structure(`subset node ${node} has a threshold, expected 0`)
  const found = subset < trees.subsetNode.length ? trees.subsetNode[subset] : 'missing'
  if (found !== node) throw structure(`subsetNode[${subset}] is ${found}, expected ${node}`)
  return 1
}

function checkSubsets(trees: Trees, signature: Signature): void {
  const { subsetNode, subsetStart, subsets } = trees
  const levels = Uint32Array.from(signature.features, (feature) => ('levels' in feature ? feature.levels.length : 0))
  let next = 0
  for (let subset = 0; subset < subsetNode.length; subset++) {
    if (subsetStart[subset] !== next) {
      throw structure(`subsetStart[${subset}] is ${subsetStart[subset]}, expected ${next}`)
    }
    const count = levels[trees.feature[subsetNode[subset]]]
    next += Math.ceil(count / 32)
    if (next > subsets.length) {
      throw structure(`subsets has ${subsets.length} words, expected at least ${next}`)
    }
    if (count % 32 !== 0 && subsets[next - 1] >>> (count % 32) !== 0) {
      throw structure(`subset ${subset} has bits beyond the ${count} levels of its feature, expected none`)
    }
  }
  if (subsetStart[subsetNode.length] !== next) {
    throw structure(`subsetStart[${subsetNode.length}] is ${subsetStart[subsetNode.length]}, expected ${next}`)
  }
  expectLength('subsets', subsets.length, next)
}

function checkClassLeaves(trees: Trees, leaves: number, classes: number): void {
  const { leafStart, leafClass, leafShare } = trees
  expectLength('leafStart', leafStart.length, leaves + 1)
  if (leafStart[0] !== 0) throw structure(`leafStart[0] is ${leafStart[0]}, expected 0`)
  if (leafStart[leaves] !== leafClass.length) {
    throw structure(`leafStart[${leaves}] is ${leafStart[leaves]}, expected ${leafClass.length}`)
  }
  for (let leaf = 0; leaf < leaves; leaf++) {
    const end = leafStart[leaf + 1] // exclusive
    if (end <= leafStart[leaf] || end > leafClass.length) {
      throw structure(`leafStart[${leaf + 1}] is ${end}, expected ${leafStart[leaf] + 1} to ${leafClass.length}`)
    }
    let last = -1
    let sum = 0
    for (let entry = leafStart[leaf]; entry < end; entry++) {
      const index = leafClass[entry]
      const share = leafShare[entry]
      if (index <= last || index >= classes) {
        throw structure(`leaf ${leaf} lists class ${index}, expected one from ${last + 1} to ${classes - 1}`)
      }
      if (!(share > 0 && share <= 1)) {
        throw structure(`leaf ${leaf} gives class ${index} the share ${share}, expected one in (0, 1]`)
      }
      last = index
      sum += share
    }
    if (Math.abs(sum - 1) > SHARE_TOLERANCE) throw structure(`the shares of leaf ${leaf} sum to ${sum}, expected 1`)
  }
}

/** Values are so bounded that their sum over the trees is finite. */
function checkValueLeaves(trees: Trees, leaves: number): void {
  expectLength('leafShare', trees.leafShare.length, leaves)
  const most = Number.MAX_VALUE / (trees.treeStart.length - 1)
  const wrong = trees.leafShare.findIndex((value) => !(Math.abs(value) <= most))
  if (wrong >= 0) throw structure(`leaf ${wrong} has the value ${trees.leafShare[wrong]}, expected -${most} to ${most}`)
}

function expectLength(name: string, found: number, expected: number): void {
  if (found !== expected) throw structure(`${name} has ${found} entries, expected ${expected}`)
}

function structure(message: string): ModelError {
  return new ModelError('MODEL_ERR_FILE_STRUCTURE', `In the forest, ${message}.`)
}
