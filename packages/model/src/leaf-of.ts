import { MISSING } from './encode.ts'
import type { TreeWriter } from './grown-tree.ts'
import type { Plan } from './plan.ts'
import { LEAF, MISSING_LEFT, SUBSET } from './trees.ts'

/** The leaf, numbered in its tree, that a row of the training table reaches in the tree just written: by codes where there are some. */
export function leafOf({ codes, values, stride, columns }: Plan, tree: TreeWriter, row: number): number {
  const { feature, threshold, at, right, flags, subsets } = tree
  let node = 0
  while (feature[node] !== LEAF) {
    const f = feature[node]
    if (values && columns[f].levels === 0) {
      const value = values[row * stride + f]
      const left = Number.isNaN(value) ? (flags[node] & MISSING_LEFT) !== 0 : value <= threshold[node]
      node += left ? 1 : right[node]
      continue
    }
    const code = codes[row * stride + f]
    let left = code <= at[node]
    if (code === MISSING && columns[f].missing) left = (flags[node] & MISSING_LEFT) !== 0
    else if ((flags[node] & SUBSET) !== 0) left = ((subsets[at[node] + (code >> 5)] >>> (code & 31)) & 1) === 1
    node += left ? 1 : right[node]
  }
  return right[node]
}
