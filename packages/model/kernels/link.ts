import { LEAF_KEY, layout, nodes, WIDE } from './forest'
import { payloadsAt } from './read-leaves'
import { addressOf, firstLeafNumber, firstNode, isSet, SHAPE } from './sections'

/*
 * Puts splits and leaves in their places, from the last node of the forest to the first. Going that way the roots of the
 * subtrees that are done wait on a stack, the left child of the next split on top and the right one below it, so a node
 * needs no branch: a leaf adds a root, a split makes one of two.
 *
 * A forest is mostly read by what the platform compiles at first, which fetches and keeps every variable at each turn of a
 * loop. So a turn places the eight nodes of a byte of the shape, and what changes from node to node is one number: how many
 * of those placed are splits, times 8.
 *
 * invariant: split s lies at nodes + s * size until its node, whose number is never below s, is written.
 */

/** u32 addresses, as many as a tree has nodes; and before them, written to when a shape is no tree, room for those of a byte. */
let stack: usize = 0
export const BELOW_STACK: usize = 64

// Where things stand: at the node placed last, its split, its leaf's payload (or number), and behind the top of the stack.
let node: u32 = 0
let at: usize = 0
let half: usize = 0
let payload: usize = 0
let top: usize = 0

export function startLinking(newStack: usize): void {
  stack = newStack
}

/**
 * Links a tree whose later ones are linked. P is the type of the leaves' payloads: what stands at `payloadsAt`, or u64 for
 * numbers, whose payload is the leaf's number in the tree.
 */
export function linkTree<P>(tree: u32): boolean {
  return layout == WIDE ? link<P, v128>(tree) : link<P, u64>(tree)
}

/** N is a type of the size of a node. */
function link<P, N>(tree: u32): boolean {
  const first = firstNode(tree)
  const end = firstNode(tree + 1)
  const endLeaf = firstLeafNumber(tree + 1)
  node = end
  at = nodes + <usize>end * sizeof<N>()
  half = nodes + <usize>(end - endLeaf) * sizeof<N>()
  payload = sizeof<P>() == 8 ? endLeaf - firstLeafNumber(tree) : payloadsAt + <usize>endLeaf * sizeof<P>()
  top = stack
  // A split that finds less than two roots leaves an address in one of the two places below the stack.
  store<u64>(stack - 8, 0)
  const firstByte = (first + 7) & ~7
  const lastByte = end & ~7
  if (lastByte > firstByte && (!linkNodes<P, N>(lastByte) || !linkBytes<P, N>(firstByte))) return false
  return linkNodes<P, N>(first) && top == stack + 4 && load<u64>(stack - 8) == 0
}

/** One by one down to node `until`. */
function linkNodes<P, N>(until: u32): boolean {
  const shape = addressOf(SHAPE)
  while (node > until) {
    node--
    const isSplit = isSet(shape, node)
    at -= sizeof<N>()
    half -= <usize>isSplit * sizeof<N>()
    payload -= <usize>(1 - isSplit) * payloadBytes<P>()
    top -= isSplit << 3
    if (top < stack) return false
    const told: u32 = sizeof<P>() == 8 ? <u32>payload : load<P>(payload)
    const distance = load<u32>(top) - <u32>at
    store<u64>(at, select<u64>(splitOf<N>(load<u64>(half), distance), leafOf(told), isSplit))
    if (sizeof<N>() == 16) store<u64>(at, select<u64>(distance >>> 4, 0, isSplit), 8)
    store<u32>(top, <u32>at)
    top += 4
  }
  return true
}

/** By eights down to node `until`; it starts and ends at whole bytes of the shape. */
function linkBytes<P, N>(until: u32): boolean {
  const end = addressOf(SHAPE) + (until >>> 3)
  let nodeAt = at
  let halfAt = half
  let payloadAt = payload
  let topAt = top
  for (let byte = addressOf(SHAPE) + (node >>> 3); byte > end; ) {
    byte--
    const bits = (<usize>load<u8>(byte)) << 3
    nodeAt -= 8 * sizeof<N>()
    payloadAt -= 8 * payloadBytes<P>()
    let splits = place<P, N>(7, bits, 0, nodeAt, halfAt, payloadAt, topAt)
    splits = place<P, N>(6, bits, splits, nodeAt, halfAt, payloadAt, topAt)
    splits = place<P, N>(5, bits, splits, nodeAt, halfAt, payloadAt, topAt)
    splits = place<P, N>(4, bits, splits, nodeAt, halfAt, payloadAt, topAt)
    splits = place<P, N>(3, bits, splits, nodeAt, halfAt, payloadAt, topAt)
    splits = place<P, N>(2, bits, splits, nodeAt, halfAt, payloadAt, topAt)
    splits = place<P, N>(1, bits, splits, nodeAt, halfAt, payloadAt, topAt)
    splits = place<P, N>(0, bits, splits, nodeAt, halfAt, payloadAt, topAt)
    halfAt -= sizeof<N>() == 16 ? splits << 1 : splits
    payloadAt += payloadsOf<P>(splits)
    topAt += 32 - splits
    if (topAt < stack) return false
  }
  node = until
  at = nodeAt
  half = halfAt
  payload = payloadAt
  top = topAt
  return true
}

/**
 * Places node k of eight, of which `splits` / 8 of those behind it are splits; answers the same with this node. Addresses: the
 * first of the eight nodes, the split and the top of the stack before any was placed, and the payloads if all were leaves.
 */
@inline
function place<P, N>(k: i32, bits: usize, splits: usize, nodeAt: usize, halfAt: usize, payloadAt: usize, topAt: usize): usize {
  const isSplit = (bits >>> k) & 8
  const passed = splits + isSplit
  const to = nodeAt + k * sizeof<N>()
  const slot = topAt + (28 - 4 * k) - passed
  const from = payloadAt + k * payloadBytes<P>() + payloadsOf<P>(passed)
  const told: u32 = sizeof<P>() == 8 ? <u32>from : load<P>(from)
  const distance = load<u32>(slot) - <u32>to
  const split = load<u64>(halfAt - (sizeof<N>() == 16 ? passed << 1 : passed))
  store<u64>(to, select<u64>(splitOf<N>(split, distance), leafOf(told), isSplit))
  if (sizeof<N>() == 16) store<u64>(to, select<u64>(distance >>> 4, 0, isSplit), 8)
  store<u32>(slot, <u32>to)
  return passed
}

/** A split, with the bytes to its right child; wide nodes have these behind it. */
function splitOf<N>(half: u64, distance: u32): u64 {
  return sizeof<N>() == 16 ? half : half | ((<u64>distance) << 42)
}

function leafOf(told: u32): u64 {
  return LEAF_KEY + told
}

/** Leaves without a payload in memory are numbers. */
function payloadBytes<P>(): usize {
  return sizeof<P>() == 8 ? 1 : sizeof<P>()
}

/** Bytes of `splits / 8` payloads. */
function payloadsOf<P>(splits: usize): usize {
  return sizeof<P>() == 4 ? splits >>> 1 : splits >>> 3
}
