import { countNodes } from './count-nodes.ts'
import type { Sections } from './format.ts'
import { take } from './sections.ts'
import type { Signature } from './table.ts'
import type { Trees } from './trees.ts'
import { unpackRows, unpackShares, unpackValues } from './unpack-leaves.ts'
import { unpackSplits } from './unpack-splits.ts'

/**
 * Reads the trees out of a file's sections and checks everything that prediction relies on. What passes can be walked for
 * any row: no read out of range, no loop, no NaN in an answer. Lengths are checked before anything is allocated.
 */
export function unpackTrees(sections: Sections, signature: Signature): Trees {
  const counts = countNodes(sections, signature)
  const splits = unpackSplits(sections, signature, counts)
  const rest = { ...splits, treeStart: take(sections, 'treeStart') }
  const leaves =
    signature.target.type === 'class'
      ? unpackShares(sections, counts.leaves, signature.target.classes.length)
      : unpackValues(sections, counts)
  return { ...rest, ...leaves, leafRows: unpackRows(sections, counts.leaves) }
}
