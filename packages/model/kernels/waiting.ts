import { linkRight } from './nodes'
import { stepBack, stepRight, undoCount } from './path'
import { FRAME } from './state'

/*
 * A right child waits on the stack while its sibling's subtree grows. A frame holds u32 samples [first, end), two numbers of
 * the kernel's own (at 8 and 12), depth, parent, records of the path above, and the split's feature and first code on the right.
 */

/** Puts a right child on the stack; answers the new top. */
export function pushRight(frame: usize, first: usize, end: usize, depth: u32, parent: u32, feature: u32, code: u32): usize {
  store<u32>(frame, <u32>first)
  store<u32>(frame, <u32>end, 4)
  store<u32>(frame, depth, 16)
  store<u32>(frame, parent, 20)
  store<u32>(frame, undoCount, 24)
  store<u32>(frame, feature, 28)
  store<u32>(frame, code, 32)
  return frame + FRAME
}

/** Goes on with the right child of a frame: the node written next is linked, the path leads there (if `steps`). */
export function enterRight(frame: usize, steps: bool): void {
  linkRight(load<u32>(frame, 20))
  stepBack(load<u32>(frame, 24))
  if (steps) stepRight(load<u32>(frame, 28), load<u32>(frame, 32))
}
