import {
  GO_RIGHT,
  NOT_KNOWN,
  NO_RIGHT,
  accept,
  bestCut,
  bestFeature,
  bestRight,
  bestScore,
  bestSubset,
  bestThreshold,
  binned,
  leftFirst,
  leftRows,
  leftSecond,
  setBest,
  setBinned,
  setLeft,
  setMissing,
  startNode,
} from './best'
import { budget, spend } from './budget'
import { cutTwoRows, setGroup } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels } from './draw'
import { lookLevelsOfTwo } from './level-cuts'
import { levelsAreLanes } from './level-places'
import { Labelled } from './kinds'
import { bringNear } from './near'
import { NETWORK_ROWS } from './network'
import { linkRight, writeEntry, writeLeaf, writeSides, writeSplit } from './nodes'
import { leftEdge, part, partAndFindEdges, partByThreshold, rightEdge } from './part'
import { stepLeft, stepRight } from './path'
import {
  FRAME,
  MISSING,
  candidates,
  classFactor,
  codes,
  hasMissing,
  levelCandidates,
  levelCount,
  levels,
  maxDepth,
  minLeaf,
  minSplit,
  missing,
  randomCuts,
  terms,
} from './state'
import { forgetSubset, keepPair, settleSubset } from './subsets'
import { lookBig } from './two-big'
import { decreaseOfEntropy, setLabels, startTerms } from './two-entropy'
import { lookMixed } from './two-missing'
import { lookRandom } from './two-random'
import { factor0, factor1, setFactors } from './two-score'
import { lookSmall } from './two-small'
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

let label0: u32 = 0
let label1: u32 = 1

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

/** Says which two classes those of the node at hand are. */
export function setClasses(of0: u32, of1: u32): void {
  label0 = of0
  label1 = of1
  setFactors(classFactor(of0), classFactor(of1))
  setLabels(of0, of1)
}

export function leafEntries(c0: u32, c1: u32): void {
  if (label0 < label1) {
    if (c0 != 0) writeEntry(label0, c0)
    if (c1 != 0) writeEntry(label1, c1)
  } else {
    if (c1 != 0) writeEntry(label1, c1)
    if (c0 != 0) writeEntry(label0, c0)
  }
}

export function findCut(first: usize, end: usize, n: u32, c0: u32, c1: u32): bool {
  startNode()
  forgetSubset()
  let count = drawFeatures()
  if (n == 2) {
    for (let i: u32 = 0; i < count; i++) {
      const f = load<u32>(candidates + (<usize>i << 2))
      if (randomCuts ? cutPairAnywhere(f, i, first) : cutPair(f, first)) return accept(decreaseOf(c0, c1))
    }
  } else {
    const drawn = count
    if (terms != 0 && !randomCuts) startTerms(c0, c1)
    if (levels != 0 && !levelsAreLanes(n)) count = setAsideLevels(count, 0)
    for (let i: u32 = 0; i < count; i += 4) {
      setGroup(i)
      // A short group repeats its last feature, which then loses to itself.
      const last = count - 1
      look(
        load<u32>(candidates + (<usize>i << 2)),
        load<u32>(candidates + (<usize>min(i + 1, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 2, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 3, last) << 2)),
        first,
        end,
        n,
        c0,
        c1,
      )
    }
    for (let i: u32 = 0; i < drawn - count; i++) {
      lookLevelsOfTwo(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, c0, c1, label1 > label0)
    }
  }
  if (bestScore < 0) {
    if (n == 2 && terms != 0 && !randomCuts) startTerms(c0, c1)
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look(f, f, f, f, first, end, n, c0, c1)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look(f, f, f, f, first, end, n, c0, c1)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  if (bestSubset) settleSubset<Labelled>(bestFeature, first, end)
  return accept(decreaseOf(c0, c1))
}

function decreaseOf(c0: u32, c1: u32): f64 {
  if (terms != 0) return decreaseOfEntropy(<u32>leftFirst, <u32>leftSecond, c0, c1)
  const nl = <f64>factor0 * leftFirst + <f64>factor1 * leftSecond
  const whole = <f64>factor0 * <f64>c0 + <f64>factor1 * <f64>c1
  const d = leftSecond * <f64>c0 - leftFirst * <f64>c1
  const product = <f64>factor0 * <f64>factor1
  return ((2 * (d * d)) / (nl * (whole - nl)) / whole) * product * product
}

/** Two rows of two classes: every feature that tells them apart is as good as any. */
function cutPair(f: u32, first: usize): bool {
  const a = load<u64>(first)
  const b = load<u64>(first, 8)
  const at = codes + (<usize>f << 1)
  const codeA = <u32>load<u16>(at + <u32>a)
  const codeB = <u32>load<u16>(at + <u32>b)
  if (codeA == codeB) return false
  const gone = max(codeA, codeB) == MISSING && hasMissing(f)
  let isFirst = codeA < codeB
  // Of two levels that of the lower class goes left.
  if (levelCount(f) > 0) {
    if (!gone) isFirst = (load<u16>(first, 4) != 0) == (label0 < label1)
    setBest(1, f, 0, NO_RIGHT)
    keepPair(codeA, codeB, isFirst)
  } else {
    setBest(1, f, min(codeA, codeB), gone ? NO_RIGHT : max(codeA, codeB))
  }
  const left = <u32>((isFirst ? a : b) >> 32)
  if (gone) setMissing(GO_RIGHT)
  setLeft(left & 0xffff, left >> 16, 0, 1)
  return true
}

function cutPairAnywhere(f: u32, candidate: u32, first: usize): bool {
  const left = cutTwoRows(f, candidate, first, first + 8)
  if (left == 0) return false
  setLeft(load<u16>(left, 4), load<u16>(left, 6), 0, 1)
  return true
}

function look(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  if (levelCount(f0) > 0 && !levelsAreLanes(n)) lookLevelsOfTwo(f0, first, end, n, c0, c1, label1 > label0)
  else if (randomCuts) lookRandom(f0, f1, f2, f3, first, end, n, c0, c1)
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n, c0, c1, label1 > label0)
  else if (missing != 0 && minLeaf > 1) lookMixed(f0, f1, f2, f3, first, end, n, c0, c1)
  else lookBig(f0, f1, f2, f3, first, end, n, c0, c1)
}
