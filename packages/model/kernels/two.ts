import { NOT_KNOWN, bestCut, bestFeature, bestRight, bestThreshold, leftFirst, leftRows, leftSecond } from './best'
import { budget, spend } from './budget'
import { Labelled } from './kinds'
import { bringNear } from './near'
import { NETWORK_ROWS } from './network'
import { linkRight, writeLeaf, writeSides, writeSplit } from './nodes'
import { leftEdge, part, partAndFindEdges, partByThreshold, rightEdge } from './part'
import { stepLeft, stepRight } from './path'
import { FRAME, maxDepth, minLeaf, minSplit, randomCuts } from './state'
import { label0, label1, leafEntries, setClasses } from './two-leaf'
import { findCut } from './two-search'
import { enterRight, pushRight } from './waiting'

/*
 * Trees of two classes. The payload of a sample is its weight in the low half if it is of the first class, in the high
 * half if of the second. With l, r, t the weights of a class on the left, on the right and in the node, and nl, nr the
 * weights of the sides, the score of a cut is
 *
 *   (l1 t0 - l0 t1)^2 / (nl nr)  =  N/2 * (Gini decrease) * N
 *
 * in float32 in a node that weighs less than LIGHT (where l1 t0 - l0 t1 is exact as an int32), in float64 above. Weights of
 * the classes count in nl and nr alone: in the difference they are a factor that all cuts of the node share.
 */

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let saved0: u32 = 0
let saved1: u32 = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0
let savedFloor: usize = 0

export function resumeTwo(): bool {
  return growTwo(savedFirst, savedEnd, saved0, saved1, label0, label1, savedDepth, savedFrame, savedFloor)
}

/** Grows a subtree, whose right children wait on the stack from `floor` on; false when the budget is spent. */
export function growTwo(
  first: usize,
  end: usize,
  c0: u32,
  c1: u32,
  of0: u32,
  of1: u32,
  depth: u32,
  frame: usize,
  floor: usize,
): bool {
  setClasses(of0, of1)
  while (true) {
    let split = false
    const n = <u32>((end - first) >> 3)
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      saved0 = c0
      saved1 = c1
      savedDepth = depth
      savedFrame = frame
      savedFloor = floor
      return false
    }
    spend(n)
    bringNear(first, end, n, 8)
    if (c0 != 0 && c1 != 0 && n >= minSplit && n >= minLeaf << 1 && depth < maxDepth) split = findCut(first, end, n, c0, c1)
    if (split) {
      let middle: usize
      const f = bestFeature
      if (bestRight == NOT_KNOWN) {
        middle = partAndFindEdges<Labelled>(f, bestCut, first, end)
      } else {
        middle = 0
      }
      const l0 = <u32>leftFirst
      const l1 = <u32>leftSecond
      const left = middle == 0 ? bestCut : leftEdge
      const right = middle == 0 ? bestRight : rightEdge
      const node = writeSplit(f, left, right)
      depth++
      const leftPure = l0 == 0 || l1 == 0
      const rightPure = l0 == c0 || l1 == c1
      if (leftPure && rightPure && leftRows != 0) {
        writeSides(node, leftRows, n - leftRows)
        writeLeaf(leftRows)
        leafEntries(l0, l1)
        linkRight(node)
        writeLeaf(n - leftRows)
        leafEntries(c0 - l0, c1 - l1)
      } else {
        if (middle == 0) middle = randomCuts ? partByThreshold<Labelled>(f, bestThreshold, first, end) : part<Labelled>(f, bestCut, first, end)
        writeSides(node, <u32>((middle - first) >> 3), <u32>((end - middle) >> 3))
        if (leftPure) {
          writeLeaf(<u32>((middle - first) >> 3))
          leafEntries(l0, l1)
          linkRight(node)
          if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
          first = middle
          c0 -= l0
          c1 -= l1
          continue
        }
        store<u32>(frame, c0 - l0, 8)
        store<u32>(frame, c1 - l1, 12)
        frame = pushRight(frame, middle, end, depth, node, f, right)
        if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
        end = middle
        c0 = l0
        c1 = l1
        continue
      }
    } else {
      writeLeaf(n)
      leafEntries(c0, c1)
    }
    if (frame == floor) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    c0 = load<u32>(frame, 8)
    c1 = load<u32>(frame, 12)
    depth = load<u32>(frame, 16)
    enterRight(frame, end - first > <usize>(NETWORK_ROWS << 3) && !randomCuts)
  }
}
