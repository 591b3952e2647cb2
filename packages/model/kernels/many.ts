import {
  NOT_KNOWN,
  accept,
  bestCut,
  bestFeature,
  bestRight,
  bestScore,
  bestThreshold,
  binned,
  leftFirst,
  leftSecond,
  leftThird,
  setBinned,
  startNode,
} from './best'
import { budget, spend } from './budget'
import { setGroup } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels } from './draw'
import { lookLevelsOfMany } from './level-direction'
import { lookBig } from './many-big'
import {
  clearTotals,
  countClasses,
  measureNode,
  onlyClass,
  present,
  squares,
  whole,
  writeMixed,
  writePure,
} from './many-node'
import { lookRandom } from './many-random'
import { lookSmall } from './many-small'
import { bringNear } from './near'
import { NETWORK_ROWS } from './network'
import { linkRight, writeSides, writeSplit } from './nodes'
import { leftEdge, part, partAndFindEdges, partByThreshold, rightEdge } from './part'
import { stepLeft, stepRight } from './path'
import {
  FRAME,
  candidates,
  classList,
  classTotals,
  levelCandidates,
  levelCount,
  levels,
  maxDepth,
  minLeaf,
  minSplit,
  randomCuts,
  stack,
} from './state'
import { growTwo, resumeTwo } from './two'
import { enterRight, pushRight } from './waiting'

/*
 * Trees of three and more classes. The payload of a sample is its class in the low half, its weight in the high half.
 * With l the left weights by class and T those of the node, a cut needs only lsq = sum l^2 and M = sum T l, for the
 * right side's sum of squares is rsq = sum T^2 - 2 M + lsq; a sample of weight w moves them by w (2 l + w) and w T. The score
 *
 *   (lsq nr + rsq nl) / (nl nr)
 *
 * is taken in float32 in a node that weighs less than LIGHT_MANY, where both products are exact, in float64 above.
 * A node that is left with two classes goes to the kernel of two classes, subtree and all.
 */

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0
let insideTwo: bool = false

export function resumeMany(): bool {
  if (!insideTwo) return growMany(savedFirst, savedEnd, savedDepth, savedFrame)
  if (!resumeTwo()) return false
  insideTwo = false
  return growMany(0, 0, 0, savedFrame)
}

/** Grows a tree, or goes on with it: no rows mean that the node on top of the stack is next. False when the budget is spent. */
export function growMany(first: usize, end: usize, depth: u32, frame: usize): bool {
  if (first == 0) {
    if (frame == stack) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    depth = load<u32>(frame, 16)
    enterRight(frame, end - first > <usize>(NETWORK_ROWS << 3) && !randomCuts)
  }
  while (true) {
    const n = <u32>((end - first) >> 3)
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      savedDepth = depth
      savedFrame = frame
      return false
    }
    spend(n)
    bringNear(first, end, n, 8)
    countClasses(first, end)
    let split = false
    if (present == 2) {
      const a = load<u16>(classList)
      const b = load<u16>(classList, 2)
      const c0 = load<u32>(classTotals + (<usize>a << 2))
      const c1 = load<u32>(classTotals + (<usize>b << 2))
      clearTotals()
      for (let p = first; p < end; p += 8) {
        const pay = load<u32>(p, 4)
        store<u32>(p, (pay >> 16) << (<u32>((pay & 0xffff) != a) << 4), 4)
      }
      if (!growTwo(first, end, c0, c1, a, b, depth, frame, frame)) {
        insideTwo = true
        savedFrame = frame
        return false
      }
    } else {
      if (present > 2 && n >= minSplit && n >= minLeaf << 1 && depth < maxDepth) split = findCut(first, end, n)
      if (!split) writeMixed(n)
      clearTotals()
    }
    if (split) {
      const f = bestFeature
      let middle: usize
      let left = bestCut
      let right = bestRight
      if (right == NOT_KNOWN) {
        middle = partAndFindEdges(f, bestCut, first, end)
        left = leftEdge
        right = rightEdge
      } else {
        middle = randomCuts ? partByThreshold(f, bestThreshold, first, end, 8) : part(f, bestCut, first, end)
      }
      const node = writeSplit(f, left, right)
      writeSides(node, <u32>((middle - first) >> 3), <u32>((end - middle) >> 3))
      depth++
      if (onlyClass(first, middle)) {
        writePure(first, middle)
        linkRight(node)
        if (onlyClass(middle, end)) {
          writePure(middle, end)
        } else {
          if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
          first = middle
          continue
        }
      } else {
        frame = pushRight(frame, middle, end, depth, node, f, right)
        if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
        end = middle
        continue
      }
    }
    if (frame == stack) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    depth = load<u32>(frame, 16)
    enterRight(frame, end - first > <usize>(NETWORK_ROWS << 3) && !randomCuts)
  }
}

function findCut(first: usize, end: usize, n: u32): bool {
  startNode()
  measureNode()
  const drawn = drawFeatures()
  const count = levels == 0 ? drawn : setAsideLevels(drawn)
  for (let i: u32 = 0; i < count; i += 4) {
    setGroup(i)
    const last = count - 1
    look(
      load<u32>(candidates + (<usize>i << 2)),
      load<u32>(candidates + (<usize>min(i + 1, last) << 2)),
      load<u32>(candidates + (<usize>min(i + 2, last) << 2)),
      load<u32>(candidates + (<usize>min(i + 3, last) << 2)),
      first,
      end,
      n,
    )
  }
  for (let i: u32 = 0; i < drawn - count; i++) {
    lookLevelsOfMany(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, present)
  }
  if (bestScore < 0) {
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look(f, f, f, f, first, end, n)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look(f, f, f, f, first, end, n)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  const nl = leftFirst
  const lsq = leftSecond
  const rsq = squares - 2 * leftThird + lsq
  const decrease = lsq / nl + rsq / (whole - nl) - squares / whole
  return accept(max(decrease, 0))
}

function look(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  if (levelCount(f0) > 0) lookLevelsOfMany(f0, first, end, n, present)
  else if (randomCuts) lookRandom(f0, f1, f2, f3, first, end, n)
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n)
  else lookBig(f0, f1, f2, f3, first, end, n)
}
