import { classes, LEAF_KEY, layout, nodes, roots, trees, WIDE } from './forest'
import { linkTree, startLinking } from './link'
import { payloadBytes, readLeaves } from './read-leaves'
import { readSplits } from './read-splits'
import { firstNode } from './sections'

/*
 * Reads the trees of a forest file into nodes and leaves that can be walked, and checks all that unpackTrees checks: the
 * two must accept the same files. Nothing here says what is wrong; a file that is refused is read again in TypeScript.
 *
 * It goes by columns, because each loop is then short and without branches that depend on the trees: leaves first, then
 * splits, which lie packed at the start of the nodes, then all nodes from last to first, each put in its place.
 */

type U8 = u8
type U32 = u32
/** Payloads that are the leaf's number in its tree. */
type Own = u64

/** Reads all trees. The lengths of treeStart, shape, feature, missingLeft and leafEntries were checked. */
export function read(stack: usize, payloads: usize): boolean {
  if (!readLeaves(payloads) || !readSplits()) return false
  startLinking(stack)
  const bytes = payloadBytes()
  const size: usize = layout == WIDE ? 16 : 8
  // A leaf of its own behind the nodes ends the lanes that have no tree.
  const last = nodes + <usize>firstNode(trees) * size
  for (let tree = trees; tree > 0; tree--) {
    const linked =
      bytes == 1 ? linkTree<U8>(tree - 1) : classes == 0 ? linkTree<Own>(tree - 1) : linkTree<U32>(tree - 1)
    if (!linked) return false
    store<u32>(roots + ((<usize>(tree - 1)) << 2), <u32>(nodes + <usize>firstNode(tree - 1) * size))
  }
  store<u64>(last, LEAF_KEY)
  for (let lane = trees; (lane & 7) != 0; lane++) store<u32>(roots + ((<usize>lane) << 2), <u32>last)
  return true
}
