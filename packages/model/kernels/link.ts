import { LEAF_KEY, layout, nodes, WIDE } from './forest'
import { addressOf, firstLeafNumber, firstNode, isSet, SHAPE } from './sections'
import { payloadsAt } from './read-leaves'

/*
 * Puts splits and leaves in their places, from the last node of the forest to the first. Going that way the roots of the
 * subtrees that are done wait on a stack, the left child of the next split on top and the right one below it, so a node
 * needs no branch: a leaf adds a root, a split makes one of two.
 *
 * invariant: split s lies at nodes + s * size until its node, whose number is never below s, is written.
 */

/** u32 addresses; as many as a tree has leaves, and one that is read for nothing. */
let stack: usize = 0

export function startLinking(newStack: usize): void {
  stack = newStack
}

/**
 * Links a tree whose later ones are linked. P is the type of the leaves' payloads: what stands at `payloadsAt`, or u64 for
 * numbers, whose payload is the leaf's number in the tree.
 */
export function linkTree<P>(tree: u32): boolean {
  return layout == WIDE ? link<P, u32>(tree) : link<P, u16>(tree)
}

/** N is a node layout as in walk.ts. */
function link<P, N>(tree: u32): boolean {
  const isWide = sizeof<N>() == sizeof<u32>()
  const size: usize = isWide ? 16 : 8
  const shape = addressOf(SHAPE)
  const first = firstNode(tree)
  const firstLeaf = firstLeafNumber(tree)
  const payloads = payloadsAt
  let node = firstNode(tree + 1)
  let split = node - firstLeafNumber(tree + 1)
  let at = nodes + <usize>node * size
  let half = nodes + <usize>split * size
  let top = stack
  while (node > first) {
    node--
    at -= size
    const isSplit = isSet(shape, node)
    split -= isSplit
    half -= isWide ? isSplit << 4 : isSplit << 3
    // A split takes two roots off the stack, and both kinds put one on it.
    const slot = top - (isSplit << 3)
    if (slot < stack) return false
    const leaf = node - split
    const payload: u32 =
      sizeof<P>() == 8 ? leaf - firstLeaf : load<P>(payloads + <usize>leaf * sizeof<P>())
    const right = load<u32>(slot)
    const key = select<u32>(load<u32>(half), LEAF_KEY + payload, isSplit)
    const column = load<u32>(half, 4)
    if (isWide) {
      store<u64>(at, <u64>key | ((<u64>select<u32>(column, 0, isSplit)) << 32))
      store<u64>(at, <u64>select<u32>((right - <u32>at) >>> 4, 0, isSplit), 8)
    } else {
      const word = select<u32>(((right - <u32>at) << 10) | column, 0, isSplit)
      store<u64>(at, <u64>key | ((<u64>word) << 32))
    }
    store<u32>(slot, <u32>at)
    top = slot + 4
  }
  return top == stack + 4 && node - split == firstLeaf
}
