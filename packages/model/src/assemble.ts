import type { GrownTree } from './grown-tree.ts'
import { LEAF, type Trees } from './trees.ts'

/** Puts the trees of a forest one after another, numbering leaves, subsets and entries through. */
export function assemble(grown: readonly GrownTree[], classes: boolean): Trees {
  const total = (size: (tree: GrownTree) => number) => grown.reduce((sum, tree) => sum + size(tree), 0)
  const nodes = total((tree) => tree.feature.length)
  const leaves = total((tree) => tree.leafRows.length)
  const subsetCount = total((tree) => tree.subsetNode.length)
  const entries = total((tree) => tree.leafShare.length)
  const trees = {
    treeStart: new Uint32Array(grown.length + 1),
    feature: new Uint16Array(nodes),
    threshold: new Float32Array(nodes),
    right: new Uint32Array(nodes),
    flags: new Uint8Array(nodes),
    subsetNode: new Uint32Array(subsetCount),
    subsetStart: new Uint32Array(subsetCount + 1),
    subsets: new Uint32Array(total((tree) => tree.subsets.length)),
    leafStart: new Uint32Array(classes ? leaves + 1 : 0),
    leafClass: new Uint16Array(classes ? entries : 0),
    leafShare: new Float64Array(entries),
    leafRows: new Uint32Array(leaves),
  }
  let node = 0
  let leaf = 0
  let subset = 0
  let word = 0
  let entry = 0
  for (let t = 0; t < grown.length; t++) {
    const tree = grown[t]
    trees.treeStart[t] = node
    trees.feature.set(tree.feature, node)
    trees.threshold.set(tree.threshold, node)
    trees.flags.set(tree.flags, node)
    const right = trees.right.subarray(node, node + tree.right.length)
    right.set(tree.right)
    numberLeaves(tree.feature, right, leaf)
    for (let i = 0; i < tree.subsetNode.length; i++) {
      trees.subsetNode[subset + i] = tree.subsetNode[i] + node
      trees.subsetStart[subset + i] = tree.subsetStart[i] + word
    }
    trees.subsets.set(tree.subsets, word)
    for (let i = 0; i + 1 < tree.leafStart.length; i++) trees.leafStart[leaf + i] = tree.leafStart[i] + entry
    if (classes) trees.leafClass.set(tree.leafClass, entry)
    trees.leafShare.set(tree.leafShare, entry)
    trees.leafRows.set(tree.leafRows, leaf)
    node += tree.feature.length
    leaf += tree.leafRows.length
    subset += tree.subsetNode.length
    word += tree.subsets.length
    entry += tree.leafShare.length
  }
  trees.treeStart[grown.length] = node
  trees.subsetStart[subsetCount] = word
  if (classes) trees.leafStart[leaves] = entry
  return trees
}

/** Numbers the leaves of a tree from `first` on. */
function numberLeaves(feature: Uint16Array, right: Uint32Array, first: number): void {
  for (let i = 0; i < feature.length; i++) if (feature[i] === LEAF) right[i] += first
}
