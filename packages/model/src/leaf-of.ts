import { MISSING } from './encode.ts'
import type { TreeWriter } from './grown-tree.ts'
import type { Plan } from './plan.ts'
import { MISSING_LEFT, SUBSET } from './trees.ts'

/** The leaf, numbered in its tree, that a row of the training table reaches in the tree just written: by codes where there are some. */
export function leafOf({ codes, values, stride, columns }: Plan, tree: TreeWriter, row: number): number {
  const { shape, feature, threshold, at, splitsOnLeft, flags, subsets } = tree
  let split = 0
  let leaf = 0
  // invariant: so many splits and leaves stand before the node at hand
  while (((shape[(split + leaf) >>> 3] >>> ((split + leaf) & 7)) & 1) === 1) {
    const f = feature[split]
    const code = codes[row * stride + f]
    let left = code <= at[split]
    if (values && columns[f].levels === 0) {
      const value = values[row * stride + f]
      left = Number.isNaN(value) ? (flags[split] & MISSING_LEFT) !== 0 : value <= threshold[split]
    } else if (code === MISSING && columns[f].missing) left = (flags[split] & MISSING_LEFT) !== 0
    else if ((flags[split] & SUBSET) !== 0) left = ((subsets[at[split] + (code >> 5)] >>> (code & 31)) & 1) === 1
    if (!left) {
      leaf += splitsOnLeft[split] + 1
      split += splitsOnLeft[split]
    }
    split++
  }
  return leaf
}
