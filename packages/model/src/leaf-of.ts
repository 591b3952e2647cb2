import { MISSING } from './encode.ts'
import type { TreeWriter } from './grown-tree.ts'
import type { Plan } from './plan.ts'
import { LEAF, MISSING_LEFT, SUBSET } from './trees.ts'

/** The leaf, numbered in its tree, that a row of the training table reaches in the tree just written: by codes, so without values. */
export function leafOf({ codes, stride, columns }: Plan, tree: TreeWriter, row: number): number {
  const { feature, at, right, flags, subsets } = tree
  let node = 0
  while (feature[node] !== LEAF) {
    const f = feature[node]
    const code = codes[row * stride + f]
    let left = code <= at[node]
    if (code === MISSING && columns[f].missing) left = (flags[node] & MISSING_LEFT) !== 0
    else if ((flags[node] & SUBSET) !== 0) left = ((subsets[at[node] + (code >> 5)] >>> (code & 31)) & 1) === 1
    node += left ? 1 : right[node]
  }
  return right[node]
}
